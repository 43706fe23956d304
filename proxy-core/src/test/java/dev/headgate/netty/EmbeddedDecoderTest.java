package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's side without sockets, so that each way of cutting the bytes can be had. */
@ExtendWith(LeakWatch.AfterClass.class)
class EmbeddedDecoderTest {
    private RunningEdge edge;

    @BeforeEach
    void start() {
        edge = RunningEdge.before(1);
    }

    @AfterEach
    void stop() {
        assertThat(edge.ledger.openExchanges).hasValue(0);
        assertThat(edge.ledger.openDownstreams).hasValue(0);
        assertThat(edge.records).isEmpty();
        edge.close();
    }

    /** Writes down what the decoder hands on, and takes each request for answered when it has ended. */
    private static final class Recorder implements Requests {
        final StringBuilder seen = new StringBuilder();
        private final Downstream downstream;
        private boolean inData;

        Recorder(Downstream downstream) {
            this.downstream = downstream;
        }

        @Override
        public void begin(Request request) {
            line(request.head().method() + " " + request.head().path() + " "
                    + request.framing().kind());
        }

        @Override
        public void data(ByteBuf data) {
            seen.append(inData ? "" : "data ").append(data.toString(StandardCharsets.ISO_8859_1));
            inData = true;
            data.release();
        }

        @Override
        public void end(BodyEnd end) {
            line("end" + (end.trailers() == null ? "" : " " + end.trailers().name(0)));
            downstream.exchangeFinished();
        }

        @Override
        public void bad(BadRequest bad) {
            line("bad " + bad.deny().reason());
        }

        private void line(String text) {
            seen.append(inData ? "\n" : "").append(text).append('\n');
            inData = false;
        }

        @Override
        public void readComplete() {}

        @Override
        public void writable() {}

        @Override
        public void failed(Throwable cause) {
            line("failed " + cause);
        }

        @Override
        public void closed() {}
    }

    private String decode(byte[] bytes, int cut) {
        EmbeddedChannel channel = new EmbeddedChannel();
        LoopState loop = new LoopState(channel.eventLoop(), edge.edge, Transport.NIO);
        ClientConnection connection = new ClientConnection(channel, edge.edge, loop, false);
        StringBuilder[] seen = new StringBuilder[1];
        Http1Connection downstream = new Http1Connection(channel, connection, of -> {
            Recorder recorder = new Recorder(of);
            seen[0] = recorder.seen;
            return recorder;
        });
        channel.pipeline().addLast(connection, downstream.decoder());
        for (int at = 0; at < bytes.length; at += cut) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(cut, bytes.length - at)));
        }
        channel.finishAndReleaseAll();
        return seen[0].toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 100_000})
    void requestsAreTheSameHoweverTheyAreCut(int cut) {
        String bytes = "\r\n"
                + Wire.get("/a", "r1")
                + Wire.post("/b", "r2", "Content-Length: 5")
                + "hello"
                + Wire.post("/c", "r3", "Transfer-Encoding: chunked")
                + "3;x=\"\\\"\"\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n"
                + Wire.get("/d", "r4")
                + Wire.post("/e", "r5", "Content-Length: 3")
                + "xyz";
        assertThat(decode(bytes.getBytes(StandardCharsets.ISO_8859_1), cut))
                .isEqualTo("GET /a NONE\nend\nPOST /b LENGTH\ndata hello\nend\nPOST /c CHUNKED\ndata abcde\nend T\n"
                        + "GET /d NONE\nend\nPOST /e LENGTH\ndata xyz\nend\n");
    }

    @ParameterizedTest
    @EnumSource(BadRequests.class)
    void badRequestsAreRefusedHoweverTheyAreCut(BadRequests bad) {
        for (int cut : new int[] {1, 2, 5, 1000, 100_000}) {
            if (cut == 1 && bad.bytes().length > 10_000) {
                continue;
            }
            EmbeddedChannel channel = new EmbeddedChannel(edge.initializer);
            byte[] bytes = bad.bytes();
            for (int at = 0; at < bytes.length && channel.isOpen(); at += cut) {
                channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(cut, bytes.length - at)));
            }
            String answer = outbound(channel);
            assertThat(answer).startsWith("HTTP/1.1 " + bad.reason().status() + " ");
            // Finds a second answer, too.
            assertThat(RawAnswer.field(answer, "x-headgate-reason"))
                    .isEqualTo(bad.reason().code());
            channel.finishAndReleaseAll();
            assertThat(edge.records.poll().reason()).isEqualTo(bad.reason());
        }
    }

    @Test
    void refusalsComeInTheOrderOfTheirRequests() {
        EmbeddedChannel channel = new EmbeddedChannel(edge.initializer);
        StringBuilder all = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.append(
                    i % 2 == 0
                            ? Wire.get("/api/v2/guests/messages", "r" + i)
                            : head("GET http://other/ HTTP/1.1", "Host: edge.test", "x-request-id: r" + i));
            expected.add("r" + i);
            if (i % 2 == 1) {
                break;
            }
        }
        channel.writeInbound(Unpooled.copiedBuffer(all, StandardCharsets.ISO_8859_1));
        String answers = outbound(channel);
        assertThat(answers).containsSubsequence("HTTP/1.1 401", "x-request-id: r0", "HTTP/1.1 400", "x-request-id: r1");
        channel.finishAndReleaseAll();
        assertThat(edge.records.stream().map(ExchangeRecord::requestId)).containsExactlyElementsOf(expected);
        edge.records.clear();
    }

    @Test
    void whatFollowsARefusalThatClosesIsNotRead() {
        EmbeddedChannel channel = new EmbeddedChannel(edge.initializer);
        channel.writeInbound(Unpooled.copiedBuffer(
                Wire.post("/api/v2/guests/messages", "r1", "Transfer-Encoding: chunked")
                        + "5\r\nhello\r\nthis is no chunk",
                StandardCharsets.ISO_8859_1));
        String answer = outbound(channel);
        assertThat(RawAnswer.field(answer, "x-headgate-reason")).isEqualTo("auth.missing");
        assertThat(RawAnswer.field(answer, "connection")).isEqualTo("close");
        channel.checkException();
        channel.finishAndReleaseAll();
        assertThat(edge.records.poll().status()).isEqualTo(401);
    }

    private static String outbound(EmbeddedChannel channel) {
        StringBuilder text = new StringBuilder();
        ByteBuf buffer;
        while ((buffer = channel.readOutbound()) != null) {
            text.append(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
        }
        return text.toString();
    }
}
