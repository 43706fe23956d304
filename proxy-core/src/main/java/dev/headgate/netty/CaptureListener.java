package dev.headgate.netty;

/**
 * Takes whole exchanges, with credentials and all. Called on event loops, any number of them at once, so it must neither
 * block nor throw.
 */
public interface CaptureListener {
    /** The most that is kept of each body, in bytes; looked at when an exchange begins. */
    int body();

    /**
     * Asks for memory to keep a body in.
     *
     * @param bytes more than are held already
     * @return whether it may be taken; else the body is cut here
     */
    boolean hold(int bytes);

    /** An exchange is over. What it {@link CapturedExchange#held() holds} is this listener's to count down from now on. */
    void captured(CapturedExchange exchange);
}
