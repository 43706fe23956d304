package dev.headgate.netty;

import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadWriter;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;

/** What belongs to one event loop. Confined to it. */
final class LoopState {
    private final EventLoop loop;
    private final Deadlines deadlines;
    private final UpstreamPool pool;
    private final HeadWriter headWriter = new HeadWriter();
    private final byte[] headScratch = new byte[HeadReader.FIRST_READ];
    private HeadParser parser = new HeadParser(1);
    private final Set<ClientConnection> connections = new HashSet<>();

    LoopState(EventLoop loop, Edge edge, Transport transport) {
        this.loop = loop;
        this.deadlines = new Deadlines(loop);
        this.pool = new UpstreamPool(this, edge, transport);
    }

    EventLoop loop() {
        return loop;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    UpstreamPool pool() {
        return pool;
    }

    /** Those of clients that are open. */
    Set<ClientConnection> connections() {
        return connections;
    }

    /** For heads that are being read; nothing in it lasts. */
    byte[] headScratch() {
        return headScratch;
    }

    /** Shared, since a head is parsed in one go. */
    HeadParser parser(Limits limits) {
        if (parser.maxFields() != limits.fields()) {
            parser = new HeadParser(limits.fields());
        }
        return parser;
    }

    /** Empty; used up before anything else runs on the loop. */
    HeadWriter headWriter() {
        headWriter.reset();
        return headWriter;
    }
}
