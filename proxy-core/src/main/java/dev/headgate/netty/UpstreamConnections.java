package dev.headgate.netty;

import dev.headgate.netty.UpstreamOptions.ProxyHeader;
import dev.headgate.netty.UpstreamPool.Taker;
import io.netty.util.concurrent.Future;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one upstream, and the requests that wait there for one. Confined to its event loop,
 * but for what says otherwise.
 *
 * <p>The bound on open connections is the upstream's, over all event loops, so a connection that is idle here may be
 * what a request waits for elsewhere. What keeps that alive:
 *
 * <ul>
 *   <li>Who has to wait joins the queue first and then looks whether there is room; who makes room does so first and then
 *       looks whether someone waits. So one of the two sees the other.
 *   <li>Whoever waits makes the other event loops close what is idle there.
 *   <li>A connection that is given back serves this event loop's first waiter, unless another's came
 *       {@link #UNFAIR_NANOS} before it: then it closes, and makes room there.
 * </ul>
 */
final class UpstreamConnections {
    private static final long UNFAIR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Looking for who is gone takes long where many wait. */
    private static final long BETWEEN_SWEEPS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final String GONE = "its client is gone";

    private final Upstream upstream;
    private final LoopState loop;
    private final Edge edge;
    private final Transport transport;
    /** The one used last is the last. */
    private final Map<UpstreamAddress, Deque<UpstreamHandler>> idle = new IdentityHashMap<>();

    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private long swept = System.nanoTime() - BETWEEN_SWEEPS_NANOS;
    private volatile boolean waitedFor;
    private volatile long waitingSince;

    private record Waiter(Taker taker, Snapshot snapshot, boolean fresh, long since, Future<?> timeout) {
        boolean isLate() {
            return System.nanoTime() - since
                    >= snapshot.timeouts().upstreamConnect().toNanos();
        }
    }

    UpstreamConnections(Upstream upstream, LoopState loop, Edge edge, Transport transport) {
        this.upstream = upstream;
        this.loop = loop;
        this.edge = edge;
        this.transport = transport;
    }

    Upstream upstream() {
        return upstream;
    }

    LoopState loop() {
        return loop;
    }

    Edge edge() {
        return edge;
    }

    Transport transport() {
        return transport;
    }

    /** Any thread. */
    boolean isWaitedFor() {
        return waitedFor;
    }

    /** When the first waiter came; any thread. */
    long waitingSince() {
        return waitingSince;
    }

    /**
     * @param fresh whether it must not have carried a request before
     */
    void take(Snapshot snapshot, Taker taker, boolean fresh) {
        if (!waiters.isEmpty() || !serve(snapshot, taker, fresh)) {
            await(snapshot, taker, fresh);
        }
    }

    /** Gives a connection, starts to open one, or says why there will be none; false where one must wait. */
    private boolean serve(Snapshot snapshot, Taker taker, boolean fresh) {
        UpstreamAddress address = upstream.choose(List.of());
        if (address == null) {
            Throwable why = upstream.unresolved();
            if (why != null) {
                taker.unreachable(why, null);
                return true;
            }
            return false;
        }
        if (!fresh && reuse(address, taker)) {
            return true;
        }
        if (upstream.acquire()) {
            new UpstreamConnecting(this, snapshot, taker).to(address);
            return true;
        }
        if (fresh) {
            return false;
        }
        long now = upstream.now();
        for (UpstreamAddress other : upstream.addresses()) {
            if (other != address && !other.isUnhealthy() && !other.isEjected(now) && reuse(other, taker)) {
                return true;
            }
        }
        return false;
    }

    private boolean reuse(UpstreamAddress address, Taker taker) {
        Deque<UpstreamHandler> deque = idle.get(address);
        if (deque == null) {
            return false;
        }
        if (upstream.options().proxyHeader() != ProxyHeader.NONE) {
            return reuseOwn(deque, taker);
        }
        for (UpstreamHandler newest = deque.pollLast(); newest != null; newest = deque.pollLast()) {
            countIdle(-1);
            if (hand(newest, taker)) {
                return true;
            }
        }
        return false;
    }

    /** One that tells of this client. */
    private boolean reuseOwn(Deque<UpstreamHandler> deque, Taker taker) {
        for (Iterator<UpstreamHandler> newest = deque.descendingIterator(); newest.hasNext(); ) {
            UpstreamHandler connection = newest.next();
            if (connection.isOf(taker.client())) {
                newest.remove();
                countIdle(-1);
                return hand(connection, taker);
            }
        }
        return false;
    }

    private static boolean hand(UpstreamHandler connection, Taker taker) {
        if (!connection.isOpen()) {
            return false;
        }
        connection.taken();
        taker.connected(connection, true);
        return true;
    }

    private void await(Snapshot snapshot, Taker taker, boolean fresh) {
        int most = upstream.options().waiting();
        if (upstream.waiting().get() >= most) {
            dropWhoIsGone();
        }
        if (upstream.waiting().incrementAndGet() > most) {
            upstream.waiting().decrementAndGet();
            taker.overloaded(
                    upstream.options().connections() + " connections are in use, and " + most + " requests wait");
            return;
        }
        edge.connections().upstreamWaiting(upstream.name(), 1);
        long since = System.nanoTime();
        long patience = snapshot.timeouts().upstreamConnect().toNanos();
        Future<?> timeout = loop.loop().schedule(this::expire, patience, TimeUnit.NANOSECONDS);
        waiters.add(new Waiter(taker, snapshot, fresh, since, timeout));
        publish();
        serveWaiters();
    }

    /** Idle connections that are of no use for whoever waits give way. */
    private void makeRoom() {
        if (upstream.idle().get() == 0 || !upstream.isResolved()) {
            return;
        }
        if (!closeOneIdle()) {
            for (UpstreamConnections other : upstream.loops()) {
                if (other != this) {
                    other.soon(other::yieldIdle);
                }
            }
        }
    }

    private void yieldIdle() {
        if (upstream.waiting().get() > 0) {
            closeOneIdle();
        }
    }

    private boolean closeOneIdle() {
        for (Deque<UpstreamHandler> deque : idle.values()) {
            UpstreamHandler oldest = deque.pollFirst();
            if (oldest != null) {
                countIdle(-1);
                oldest.close();
                return true;
            }
        }
        return false;
    }

    private void expire() {
        for (Waiter first = waiters.peek(); first != null && first.isLate(); first = waiters.peek()) {
            waiters.remove();
            done(first);
            if (upstream.isResolved()) {
                first.taker.overloaded("no connection was free for "
                        + first.snapshot.timeouts().upstreamConnect().toMillis() + " ms");
            } else {
                first.taker.unreachable(new UnknownHostException("no answer yet"), null);
            }
        }
        publish();
        forgetIfRetired();
    }

    private void dropWhoIsGone() {
        long now = System.nanoTime();
        if (now - swept < BETWEEN_SWEEPS_NANOS) {
            return;
        }
        swept = now;
        for (Waiter waiter : waiters.toArray(new Waiter[0])) {
            // What is told of one may serve another.
            if (!waiter.taker.isWaiting() && waiters.remove(waiter)) {
                done(waiter);
                waiter.taker.overloaded(GONE);
            }
        }
        publish();
    }

    private void done(Waiter waiter) {
        waiter.timeout.cancel(false);
        upstream.waiting().decrementAndGet();
        edge.connections().upstreamWaiting(upstream.name(), -1);
    }

    private void publish() {
        Waiter first = waiters.peek();
        if (first != null) {
            waitingSince = first.since;
        }
        waitedFor = first != null;
    }

    /** Looks what can be done for who waits. */
    private void serveWaiters() {
        // Out of the queue while it is served, because that may lead to here again.
        for (Waiter first = waiters.poll(); first != null; first = waiters.poll()) {
            if (!first.taker.isWaiting()) {
                first.taker.overloaded(GONE);
            } else if (!serve(first.snapshot, first.taker, first.fresh)) {
                waiters.addFirst(first);
                break;
            }
            done(first);
        }
        publish();
        if (waitedFor) {
            makeRoom();
        } else if (upstream.waiting().get() > 0) {
            // What whoever waited here was woken for goes to who waits elsewhere.
            closeOneIdle();
            upstream.wake();
        }
    }

    /** Likewise, from any thread. */
    void serveSoon() {
        soon(this::serveWaiters);
    }

    /** Closes idle connections to where none is wanted, and looks what can be done for who waits. Any thread. */
    void pruneSoon() {
        soon(this::prune);
    }

    private void soon(Runnable task) {
        try {
            loop.loop().execute(task);
        } catch (RejectedExecutionException e) {
            // The event loop has ended, and its connections with it.
        }
    }

    private void prune() {
        for (UpstreamAddress address : idle.keySet().toArray(new UpstreamAddress[0])) {
            if (address.isGone() || upstream.isRetired()) {
                closeIdle(address);
            }
        }
        serveWaiters();
        forgetIfRetired();
    }

    void giveBack(UpstreamHandler connection) {
        connection.released();
        UpstreamAddress address = connection.address();
        if (!connection.isOpen() || edge.isDraining() || upstream.isRetired() || address.isGone()) {
            connection.close();
            return;
        }
        if (upstream.waiting().get() > 0) {
            UpstreamConnections longest = upstream.longestWaiting();
            if (longest != null
                    && longest != this
                    && (!waitedFor || waitingSince - longest.waitingSince() > UNFAIR_NANOS)) {
                connection.close();
                return;
            }
        }
        idle.computeIfAbsent(address, a -> new ArrayDeque<>()).addLast(connection);
        countIdle(1);
        if (upstream.waiting().get() > 0) {
            soon(waitedFor ? this::serveWaiters : this::yieldIdle);
        }
    }

    /** A connection that was opened has closed. */
    void closed(UpstreamHandler connection) {
        Deque<UpstreamHandler> deque = idle.get(connection.address());
        if (deque != null) {
            if (deque.removeLastOccurrence(connection)) {
                countIdle(-1);
            }
            if (deque.isEmpty()) {
                idle.remove(connection.address());
            }
        }
        connection.released();
        upstream.release();
        forgetIfRetired();
    }

    /** Called where a request's wait ends, or a connection: nothing of what is retired may stay for good. */
    void forgetIfRetired() {
        if (upstream.isRetired() && idle.isEmpty() && waiters.isEmpty()) {
            upstream.leave(this);
            loop.pool().forget(this);
        }
    }

    private void countIdle(int change) {
        upstream.idle().addAndGet(change);
        edge.connections().upstreamIdle(upstream.name(), change);
    }

    void closeIdle() {
        for (UpstreamAddress address : idle.keySet().toArray(new UpstreamAddress[0])) {
            closeIdle(address);
        }
    }

    private void closeIdle(UpstreamAddress address) {
        Deque<UpstreamHandler> deque = idle.get(address);
        if (deque != null) {
            for (@Nullable UpstreamHandler connection : deque.toArray(new UpstreamHandler[0])) {
                if (connection != null) {
                    connection.close();
                }
            }
        }
    }
}
