package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the edge tells of the messages in a WebSocket whose route taps them. */
class FrameTapTest {
    private static final String TOKEN = "0b6f6f2e-5a0a-4b47-9bd6-7c1b4f0f2d11";
    private static final String MESSAGE =
            "{\"action\":\"onMessage\",\"tracingId\":\"5c1e9a44-0000-4000-8000-00000000000a\"," + "\"token\":\"" + TOKEN
                    + "\",\"message\":{\"text\":\"between us\"}}";

    @RegisterExtension
    final Wire wire = new Wire(Transport.NIO).tapFrames();

    private RawSocket client;
    private RawSocket server;

    @BeforeEach
    void open() throws IOException {
        open("X: y");
    }

    private void open(String field) throws IOException {
        client = wire.client();
        client.send(WebSocketWireTest.handshake());
        server = wire.upstream().accept();
        server.readHead();
        server.send(WebSocketWireTest.ANSWER.replace("X-Theirs: 1", field));
        client.readHead();
    }

    @AfterEach
    void part() throws Exception {
        client.send(Frames.masked(Frames.CLOSE, ""));
        client.close();
        server.readToEnd();
        server.close();
        wire.record();
    }

    private FrameRecord up(String frames) throws Exception {
        client.send(frames);
        server.expect(frames);
        return next();
    }

    private FrameRecord down(String frames) throws Exception {
        server.send(frames);
        client.expect(frames);
        return next();
    }

    private FrameRecord next() throws InterruptedException {
        FrameRecord record = wire.edge().ledger.frames.poll(10, TimeUnit.SECONDS);
        assertThat(record).as("frame record within 10 s").isNotNull();
        return record;
    }

    @Test
    void tellsWhatAMessageIsAboutAndNotWhatItSays() throws Exception {
        FrameRecord record = up(Frames.masked(Frames.TEXT, MESSAGE));
        assertThat(record.requestId()).isEqualTo("ws");
        assertThat(record.from()).isEqualTo(Side.DOWNSTREAM);
        assertThat(record.octets()).isEqualTo(MESSAGE.length());
        assertThat(record.action()).isEqualTo("onMessage");
        assertThat(record.tracingId()).isEqualTo("5c1e9a44-0000-4000-8000-00000000000a");
        assertThat(record.unread()).isNull();
        assertThat(record.toString()).doesNotContain(TOKEN, "between us");
        assertThat(record.token())
                .isEqualTo(up(Frames.masked(Frames.TEXT, MESSAGE)).token());
        assertThat(record.token())
                .isNotEqualTo(up(Frames.masked(Frames.TEXT, MESSAGE.replace("0b6f", "0b6e")))
                        .token());
    }

    @Test
    void joinsTheFramesOfAMessage() throws Exception {
        String frames = Frames.masked(0x01, MESSAGE.substring(0, 10))
                + Frames.masked(Frames.PING, "{\"action\":\"ping\"}")
                + Frames.masked(0x00, "")
                + Frames.masked(0x00, MESSAGE.substring(10, 11))
                + Frames.masked(0x80, MESSAGE.substring(11));
        FrameRecord record = up(frames);
        assertThat(record.action()).isEqualTo("onMessage");
        assertThat(record.octets()).isEqualTo(MESSAGE.length());
    }

    @Test
    void binaryMessagesAreNotTold() throws Exception {
        String binary = Frames.masked(0x02, MESSAGE) + Frames.masked(0x80, MESSAGE);
        assertThat(up(binary + Frames.masked(Frames.TEXT, "{}")).octets()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "[]", "{\"action\":\"a\",\"action\":\"b\"}", "{\"token\":{}}", "\u00FF"})
    void whatCannotBeReadInOneWayIsCounted(String text) throws Exception {
        FrameRecord record = up(Frames.masked(Frames.TEXT, text));
        assertThat(record.unread()).startsWith("no JSON object");
        assertThat(record.octets()).isEqualTo(text.length());
        assertThat(record.action()).isNull();
    }

    @Test
    void compressedMessagesAreCounted() throws Exception {
        part();
        open("Sec-WebSocket-Extensions: permessage-deflate");
        FrameRecord record = up(Frames.masked(0x41, MESSAGE) + Frames.masked(0x80, MESSAGE));
        assertThat(record.unread()).isEqualTo("compressed");
        assertThat(record.octets()).isEqualTo(2L * MESSAGE.length());
        assertThat(up(Frames.masked(Frames.TEXT, MESSAGE)).action()).isEqualTo("onMessage");
    }

    @Test
    void aFloodOfMessagesIsNoFloodOfRecords() throws Exception {
        String flood = Frames.masked(Frames.TEXT, "").repeat(5000) + Frames.masked(0x02, "") + Frames.masked(0x80, "");
        client.send(flood);
        server.expect(flood);
        String expired = Frames.plain(Frames.TEXT, "{\"code\":4006}");
        server.send(expired);
        client.expect(expired);
        int told = 0;
        for (FrameRecord record = next(); !record.sessionExpired(); record = next()) {
            told++;
        }
        assertThat(told).isBetween(100, 4000);
    }

    @Test
    void longMessagesAreCounted() throws Exception {
        String text = "{\"action\":\"onMessage\",\"text\":\"" + "x".repeat(64 * 1024) + "\"}";
        FrameRecord record = up(Frames.masked(0x01, text) + Frames.masked(0x80, text));
        assertThat(record.unread()).isEqualTo("longer than limits.checkedBody");
        assertThat(record.octets()).isEqualTo(2L * text.length());
        assertThat(up(Frames.masked(Frames.TEXT, MESSAGE)).action()).isEqualTo("onMessage");
    }

    @Test
    void whatMayBeATokenIsMaskedWhereverItStands() throws Exception {
        String token = "eyJhbGciOiJIUzI1NiJ9.e30.abc";
        FrameRecord record = up(Frames.masked(Frames.TEXT, MESSAGE.replaceAll("5c1e[^\"]*", token)));
        assertThat(record.tracingId()).isEqualTo("[masked]");
        record = up(Frames.masked(Frames.TEXT, MESSAGE.replace("onMessage", "a b ".repeat(100))));
        assertThat(record.action()).hasSizeLessThanOrEqualTo(128);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'message','class':'SessionExpiredEvent','code':200,'body':{}} | true",
                "{'type':'response','class':'string','code':4006,'body':'x'}           | true",
                "{'type':'response','class':'string','code':4007,'body':'x'}           | true",
                "{'type':'response','class':'string','code':4008,'body':'x'}           | false",
                "{'type':'response','class':'SessionResponse','code':200,'body':{}}    | false"
            })
    void knowsASessionThatHasExpired(String message, boolean expired) throws Exception {
        FrameRecord record = down(Frames.plain(Frames.TEXT, message.replace('\'', '"')));
        assertThat(record.sessionExpired()).isEqualTo(expired);
        assertThat(record.from()).isEqualTo(Side.UPSTREAM);
        // A client that says so has no say in it.
        assertThat(up(Frames.masked(Frames.TEXT, message.replace('\'', '"'))).sessionExpired())
                .isFalse();
        server.send(Frames.plain(Frames.CLOSE, ""));
        server.endOutput();
        client.expect(Frames.plain(Frames.CLOSE, ""));
        ExchangeRecord exchange = wire.record();
        Evidence evidence = exchange.evidence();
        assertThat(evidence != null
                        && evidence.diagnosis() != null
                        && evidence.diagnosis().finding() == Reason.TOKEN_EXPIRED)
                .isEqualTo(expired);
        open();
    }

    @Test
    void knowsTheCloseCode() throws Exception {
        server.send(Frames.plain(Frames.CLOSE, Frames.close(4006, "")));
        server.endOutput();
        client.expect(Frames.plain(Frames.CLOSE, Frames.close(4006, "")));
        Evidence evidence = wire.record().evidence();
        assertThat(evidence).isNotNull();
        assertThat(evidence.diagnosis()).isNotNull();
        assertThat(evidence.diagnosis().detail()).endsWith("close code 4006");
        open();
    }
}
