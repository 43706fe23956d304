package dev.headgate.netty;

import dev.headgate.http.ResponseHead;
import dev.headgate.http.WebSocketHandshake;
import dev.headgate.netty.Deadlines.Deadline;
import dev.headgate.netty.ExchangeRecord.Side;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket through the edge, from the answer to its handshake to its end. Octets go on as they come; the edge follows
 * the frames to know where one ends, so that it can put a Close frame of its own there. Confined to the exchange's event
 * loop.
 */
final class Tunnel {
    /*
     * Invariants:
     *   - in each direction whole frames go on until one of them is Close, the peer's or the edge's own. Nothing goes
     *     on after it: ended;
     *   - from the edge's first own Close on, closing is set, and each direction ends at its next frame boundary;
     *   - once last is set, the deadline is that of the connections themselves, and is never put off.
     */

    /** The two connections. */
    interface Ends {
        /** Takes the content over. */
        void toClient(ByteBuf content);

        /** Takes the content over. */
        void toUpstream(ByteBuf content);

        /** What was handed over goes out. */
        void flush();

        /**
         * Closes both, behind what was handed over.
         *
         * @param brokenOff who has ended it without a Close frame, or null
         */
        void end(@Nullable Side brokenOff);
    }

    /** How long peers may take at most to answer a Close frame, and to close their connection behind it. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final class Direction {
        final Side from;
        final FrameReader frames;
        boolean ended;

        Direction(Side from, FrameReader frames) {
            this.from = from;
            this.frames = frames;
        }
    }

    private final Exchange exchange;
    private final Ends ends;
    private final Duration idle;
    private final @Nullable FrameTap tap;
    private final Direction fromClient;
    private final Direction fromUpstream;
    private @Nullable CloseFrame closing;
    private boolean opened;
    private boolean last;
    private boolean over;

    private final Deadline deadline = new Deadline() {
        @Override
        void expired() {
            if (last) {
                end(null);
            } else {
                close(CloseFrame.IDLE, "WebSocket: closed after " + idle.toMillis() + " ms without an octet");
            }
        }
    };

    /**
     * @param answer the 101 of the upstream
     */
    Tunnel(Exchange exchange, ResponseHead answer, Ends ends) {
        this.exchange = exchange;
        this.ends = ends;
        this.idle = exchange.snapshot().timeouts().websocket();
        boolean extensions = WebSocketHandshake.hasExtensions(answer);
        boolean taps = exchange.route().tapFrames();
        FrameTap clientTap = taps ? new FrameTap(exchange, Side.DOWNSTREAM) : null;
        this.tap = taps ? new FrameTap(exchange, Side.UPSTREAM) : null;
        this.fromClient = new Direction(Side.DOWNSTREAM, new FrameReader(true, extensions, clientTap));
        this.fromUpstream = new Direction(Side.UPSTREAM, new FrameReader(false, extensions, tap));
    }

    void opened() {
        opened = true;
        exchange.downstream().loop().deadlines().add(deadline, idle.toNanos());
        deadline.set(idle.toNanos());
        exchange.downstream().edge().connections().webSocketOpened();
    }

    /** The exchange is finished. */
    void finished() {
        over = true;
        if (tap != null) {
            tap.closed(fromUpstream.frames.closeCode());
        }
        if (opened) {
            exchange.downstream().loop().deadlines().remove(deadline);
            exchange.downstream().edge().connections().webSocketClosed();
        }
    }

    /** Takes the content over. */
    void fromClient(ByteBuf content) {
        take(fromClient, content);
    }

    /** Takes the content over. */
    void fromUpstream(ByteBuf content) {
        take(fromUpstream, content);
    }

    private void take(Direction way, ByteBuf content) {
        FrameReader frames = way.frames;
        if (over || frames.isClosed()) {
            content.release();
            return;
        }
        int from = content.readerIndex();
        int to = content.writerIndex();
        int at = from;
        int kept = from;
        long before = frames.count();
        boolean cut = false;
        while (at < to && !frames.isClosed() && frames.fault() == null) {
            at = frames.read(content, at);
            kept = way.ended ? kept : at;
            if (frames.isBetween() && !way.ended) {
                cut = closing != null && !frames.isClosed();
                way.ended = cut || frames.isClosed();
            }
        }
        if (frames.count() > before) {
            exchange.downstream().edge().connections().webSocketFrames(way.from, frames.count() - before);
        }
        if (kept == from) {
            content.release();
        } else {
            pass(way, content.writerIndex(kept));
        }
        if (frames.fault() != null) {
            broken(way, frames.fault());
            return;
        }
        if (cut && closing != null) {
            pass(way, frame(way, closing));
            ends.flush();
        }
        settle();
    }

    private void pass(Direction way, ByteBuf content) {
        if (way == fromClient) {
            ends.toUpstream(content);
        } else {
            ends.toClient(content);
        }
    }

    private ByteBuf frame(Direction way, CloseFrame close) {
        return way == fromClient ? close.masked() : close.plain();
    }

    private boolean isClosed() {
        return fromClient.frames.isClosed() && fromUpstream.frames.isClosed();
    }

    private void settle() {
        if (isClosed() && closing != null) {
            end(null);
        } else if (isClosed()) {
            // The server closes the connection first (RFC 6455 section 7.1.1).
            hurry();
        } else if (!last) {
            deadline.set(idle.toNanos());
        }
    }

    private void hurry() {
        if (!last) {
            last = true;
            deadline.set(Math.min(PATIENCE.toNanos(), idle.toNanos()));
        }
    }

    /** The edge shuts down. May be called repeatedly. */
    void drain() {
        if (over) {
            return;
        }
        if (isClosed()) {
            end(null);
        } else if (fromClient.frames.isClosed() || fromUpstream.frames.isClosed()) {
            hurry();
        } else {
            close(CloseFrame.DRAINING, "WebSocket: closed because the edge shuts down");
        }
    }

    private void close(CloseFrame with, String why) {
        if (closing != null) {
            return;
        }
        closing = with;
        exchange.findings().note(why);
        hurry();
        cut(fromClient, with);
        cut(fromUpstream, with);
        ends.flush();
    }

    /** Ends a direction with a frame of the edge's own, where one may stand. */
    private void cut(Direction way, CloseFrame with) {
        if (!way.ended && way.frames.isBetween()) {
            way.ended = true;
            pass(way, frame(way, with));
        }
    }

    private void broken(Direction way, String fault) {
        boolean client = way == fromClient;
        exchange.findings().note("WebSocket: from the " + (client ? "client" : "upstream") + ": " + fault);
        cut(fromClient, client ? CloseFrame.PEER_BROKEN : CloseFrame.PROTOCOL_ERROR);
        cut(fromUpstream, client ? CloseFrame.PROTOCOL_ERROR : CloseFrame.PEER_BROKEN);
        end(way.from);
    }

    /** That side's connection has ended. */
    void closed(Side by) {
        boolean proper = closing != null || fromClient.frames.isClosed() || fromUpstream.frames.isClosed();
        end(proper ? null : by);
    }

    private void end(@Nullable Side brokenOff) {
        if (!over) {
            over = true;
            ends.end(brokenOff);
        }
    }
}
