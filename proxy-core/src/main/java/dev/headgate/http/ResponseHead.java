package dev.headgate.http;

/** The head of a response. Immutable. */
public final class ResponseHead extends Head {
    private final int status;
    private final int minorVersion;

    ResponseHead(byte[] bytes, int length, int[] index, int count, int status, int minorVersion) {
        super(bytes, length, index, count);
        this.status = status;
        this.minorVersion = minorVersion;
    }

    /** 100 to 599. */
    public int status() {
        return status;
    }

    /** 0 or 1, of HTTP/1.x. */
    public int minorVersion() {
        return minorVersion;
    }

    /** Interim (RFC 9110 section 15.2): another head follows. */
    public boolean isInterim() {
        return status < 200;
    }

    /** Whether the peer will take another message on this connection (RFC 9112 section 9.3). */
    public boolean isPersistent() {
        return Persistence.of(this, minorVersion);
    }
}
