package dev.headgate.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request of HTTP/2 costs without its way upstream: frames, fields, the gate, which refuses it, and the answer.
 * Eight come at once. {@code bench/jmh Http2Benchmark} runs it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Http2Benchmark {
    private static final int STREAMS = 8;
    private static final byte[] BLOCK = RawHttp2.block(RawHttp2.request(
            "GET",
            "/api/v2/guests/conversations/0c1d2e3f/messages?pageSize=25",
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            "accept",
            "application/json",
            "accept-language",
            "en-US,en;q=0.9",
            "accept-encoding",
            "gzip, deflate, br, zstd",
            "origin",
            "https://chat.example.com",
            "x-request-id",
            "0c1d2e3f"));

    private RunningEdge edge;
    private EmbeddedChannel client;
    /** The first would have to come from a listener: Netty takes it for an upgraded one. */
    private int stream = 3;

    /** Starts an edge, and a connection to it. */
    @Setup
    public void start() {
        edge = RunningEdge.before(1);
        client = new EmbeddedChannel(edge.initializer.withPriorKnowledge(() -> true));
        ByteBuf begin = Unpooled.buffer();
        begin.writeCharSequence("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII);
        begin.writeBytes(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]));
        client.writeInbound(begin);
        drainContent();
    }

    /** Closes both. */
    @TearDown
    public void stop() {
        client.close();
        edge.close();
    }

    /** Takes what was sent; how much of it was content. */
    private int drainContent() {
        CompositeByteBuf all = Unpooled.compositeBuffer(1024);
        for (ByteBuf out = client.readOutbound(); out != null; out = client.readOutbound()) {
            all.addComponent(true, out);
        }
        int content = 0;
        while (all.isReadable()) {
            int length = all.readUnsignedMedium();
            content += all.readUnsignedByte() == RawHttp2.DATA ? length : 0;
            all.skipBytes(5 + length);
        }
        all.release();
        return content;
    }

    /** Eight requests in one read. */
    @Benchmark
    @OperationsPerInvocation(STREAMS)
    public int refused() {
        ByteBuf in = client.alloc().buffer(4096);
        for (int i = 0; i < STREAMS; i++) {
            in.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, stream, BLOCK));
            stream += 2;
        }
        client.writeInbound(in);
        int content = drainContent();
        if (content == 0) {
            throw new IllegalStateException("content: none (expected: refusals)");
        }
        edge.records.clear();
        client.writeInbound(
                Unpooled.wrappedBuffer(RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(content))));
        return content;
    }
}
