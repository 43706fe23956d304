package dev.headgate.netty;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One address of an upstream, and what is known of it: the requests that it has, whether it fails, whether its health
 * checks succeed. Thread-safe; what event loops see of each other's changes may be late by a moment.
 */
final class UpstreamAddress {
    private static final int LONGEST_EJECTION = 10;

    private final Upstream upstream;
    private final InetSocketAddress address;
    private final String text;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    /** Whether it has been, ever. */
    private volatile boolean ejected;

    private volatile boolean unhealthy;
    private volatile boolean gone;
    /** By the upstream's clock; of use only where it has been ejected. */
    private volatile long returns;

    private int ejections;

    UpstreamAddress(Upstream upstream, InetSocketAddress address) {
        this.upstream = upstream;
        this.address = address;
        this.text = NetUtil.toSocketAddressString(address);
    }

    InetSocketAddress address() {
        return address;
    }

    /** As {@code address:port}, an IPv6 address in brackets and in the form of RFC 5952; always the same object. */
    String text() {
        return text;
    }

    /** Under way to it, those whose connection is being opened included. */
    int requests() {
        return requests.get();
    }

    void requestStarted() {
        requests.incrementAndGet();
    }

    void requestEnded() {
        requests.decrementAndGet();
    }

    /** It has answered. */
    void succeeded() {
        if (failures.get() != 0) {
            failures.set(0);
        }
    }

    /** It refused a connection, or broke one off or was silent where an answer was due. */
    void failed() {
        int most = upstream.options().ejection().failures();
        if (failures.incrementAndGet() >= most && most > 0 && !isEjected(upstream.now())) {
            eject();
        }
    }

    private synchronized void eject() {
        long now = upstream.now();
        if (isEjected(now) || !upstream.mayEject(now)) {
            return;
        }
        long time = upstream.options().ejection().time().toNanos();
        boolean again = ejections > 0 && now - returns < time;
        ejections = again ? Math.min(LONGEST_EJECTION, ejections + 1) : 1;
        returns = now + time * ejections;
        failures.set(0);
        ejected = true;
        upstream.ejected(this);
    }

    /**
     * @param now by the upstream's clock
     */
    boolean isEjected(long now) {
        return ejected && now - returns < 0;
    }

    /**
     * Whether it can be expected to answer: it has not failed so often in a row that it should be left out, be it left
     * out or not, and its health checks succeed.
     *
     * @param now by the upstream's clock
     */
    boolean isUp(long now) {
        int most = upstream.options().ejection().failures();
        return !unhealthy && !isEjected(now) && (most == 0 || failures.get() < most);
    }

    /** Whether its active checks have failed too often. */
    boolean isUnhealthy() {
        return unhealthy;
    }

    /**
     * As it counts when one is chosen; {@link #isUp} asks something else.
     *
     * @param now by the upstream's clock
     */
    AddressState state(long now) {
        return unhealthy ? AddressState.UNHEALTHY : isEjected(now) ? AddressState.EJECTED : AddressState.UP;
    }

    void unhealthy(boolean now) {
        unhealthy = now;
    }

    /** Whether it is no address of its upstream any more. */
    boolean isGone() {
        return gone;
    }

    void leave() {
        gone = true;
    }

    @Override
    public String toString() {
        return address.getAddress().getHostAddress() + " port " + address.getPort();
    }
}
