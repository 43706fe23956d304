package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/2 whose every frame the test writes, right or wrong. Fields go out as literals that are not indexed;
 * those that come back are decompressed by Netty.
 */
final class RawHttp2 {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int PRIORITIZED = 32;

    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    /** @param fields what a HEADERS frame brought, as {@code name: value} lines; else empty */
    record Frame(int type, int flags, int stream, byte[] payload, List<String> fields) {
        boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }

        /** The error code of RST_STREAM or GOAWAY. */
        Http2Error error() {
            return Http2Error.valueOf(ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0));
        }
    }

    record Answer(List<String> head, String body, List<String> trailers) {
        int status() {
            return Integer.parseInt(value(":status"));
        }

        String value(String name) {
            return head.stream()
                    .filter(field -> field.startsWith(name + ": "))
                    .map(field -> field.substring(name.length() + 2))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(name + " in " + head));
        }
    }

    private final RawSocket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder fields = new DefaultHttp2HeadersDecoder(false);

    RawHttp2(RawSocket socket) {
        this.socket = socket;
        this.in = new DataInputStream(socket.input());
    }

    /** With the preface sent, and the edge's settings read. */
    static RawHttp2 start(RawSocket socket, int... settings) throws IOException {
        RawHttp2 client = new RawHttp2(socket);
        client.preface().settings(settings);
        assertThat(client.read().type()).isEqualTo(SETTINGS);
        client.send(SETTINGS, ACK, 0, NOTHING);
        return client;
    }

    RawHttp2 preface() throws IOException {
        socket.send(PREFACE);
        return this;
    }

    /** Pairs of an identifier and a value. */
    RawHttp2 settings(int... pairs) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(pairs.length * 3);
        for (int i = 0; i < pairs.length; i += 2) {
            payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
        }
        return send(SETTINGS, 0, 0, payload.array());
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    RawHttp2 send(int type, int flags, int stream, byte[] payload) throws IOException {
        socket.send(frame(type, flags, stream, payload));
        return this;
    }

    RawHttp2 send(byte[] bytes) throws IOException {
        socket.send(bytes);
        return this;
    }

    RawHttp2 data(int stream, String text, boolean ends) throws IOException {
        return send(DATA, ends ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawHttp2 windowUpdate(int stream, int increment) throws IOException {
        return send(WINDOW_UPDATE, 0, stream, number(increment));
    }

    RawHttp2 reset(int stream, Http2Error error) throws IOException {
        return send(RST_STREAM, 0, stream, number((int) error.code()));
    }

    /** One HEADERS frame of these names and values, in turns. */
    RawHttp2 headers(int stream, boolean ends, String... namesAndValues) throws IOException {
        return send(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, block(namesAndValues));
    }

    /** A GET, whose answer will carry {@code id}. */
    RawHttp2 get(int stream, String path, String id) throws IOException {
        return headers(stream, true, request("GET", path, "x-request-id", id));
    }

    /** A POST, whose content is to come. */
    RawHttp2 post(int stream, String path, String id, String... more) throws IOException {
        String[] all = request("POST", path, "x-request-id", id);
        String[] fields = java.util.Arrays.copyOf(all, all.length + more.length);
        System.arraycopy(more, 0, fields, all.length, more.length);
        return headers(stream, false, fields);
    }

    /** The fields of a request, well-formed if {@code more} is. */
    static String[] request(String method, String path, String... more) {
        List<String> all = new ArrayList<>(
                List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "edge.test"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.write(0);
            literal(namesAndValues[i], out);
            literal(namesAndValues[i + 1], out);
        }
        return out.toByteArray();
    }

    private static void literal(String text, ByteArrayOutputStream out) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        int rest = octets.length - 127;
        out.write(Math.min(octets.length, 127));
        if (rest >= 0) {
            for (; rest >= 128; rest >>= 7) {
                out.write(rest & 127 | 128);
            }
            out.write(rest);
        }
        out.writeBytes(octets);
    }

    /** The next frame. */
    Frame read() throws IOException {
        Frame frame = readOrNull();
        if (frame == null) {
            throw new AssertionError("the end of the connection instead of a frame");
        }
        return frame;
    }

    /** The next frame; null at the end of the connection, whether proper or not. */
    @Nullable
    Frame readOrNull() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt() & Integer.MAX_VALUE;
            byte[] payload = new byte[length];
            in.readFully(payload);
            return new Frame(type, flags, stream, payload, type == HEADERS ? fields(stream, payload) : List.of());
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    private List<String> fields(int stream, byte[] block) {
        List<String> lines = new ArrayList<>();
        try {
            fields.decodeHeaders(stream, Unpooled.wrappedBuffer(block))
                    .forEach(field -> lines.add(field.getKey() + ": " + field.getValue()));
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        return lines;
    }

    /** The next one that is of a stream or says GOAWAY. */
    Frame next() throws IOException {
        Frame frame = read();
        while (frame.type() == SETTINGS || frame.type() == PING || frame.type() == WINDOW_UPDATE) {
            frame = read();
        }
        return frame;
    }

    Frame next(int type) throws IOException {
        Frame frame = read();
        while (frame.type() != type) {
            assertThat(frame.type()).isIn(SETTINGS, PING, WINDOW_UPDATE);
            frame = read();
        }
        return frame;
    }

    /** The whole answer; nothing else may come on other streams. */
    Answer answer(int stream) throws IOException {
        Frame head = next();
        assertThat(head.type()).as("type of the frame %s", head.text()).isEqualTo(HEADERS);
        StringBuilder body = new StringBuilder();
        List<String> trailers = List.of();
        Frame last = head;
        while (!last.ends()) {
            last = next();
            if (last.type() == HEADERS) {
                trailers = last.fields();
                assertThat(last.ends()).as("END_STREAM with trailers").isTrue();
            } else {
                assertThat(last.type()).as("type of the frame").isEqualTo(DATA);
                body.append(last.text());
            }
            assertThat(last.stream()).isEqualTo(stream);
        }
        assertThat(head.stream()).isEqualTo(stream);
        return new Answer(head.fields(), body.toString(), trailers);
    }

    void expectReset(int stream, Http2Error error) throws IOException {
        Frame frame = next();
        assertThat(frame.type()).as("type, RST_STREAM expected: %s", frame).isEqualTo(RST_STREAM);
        assertThat(frame.stream()).isEqualTo(stream);
        assertThat(frame.error()).isEqualTo(error);
    }

    /** And the end of the connection behind it. */
    Frame expectGoAway(Http2Error error) throws IOException {
        Frame frame = read();
        while (frame.type() != GOAWAY) {
            frame = read();
        }
        assertThat(frame.error()).isEqualTo(error);
        Frame behind = readOrNull();
        while (behind != null) {
            assertThat(behind.type()).as("behind GOAWAY").isNotEqualTo(GOAWAY);
            behind = readOrNull();
        }
        return frame;
    }

    /** The edge has taken all that was sent before. */
    RawHttp2 ping() throws IOException {
        send(PING, 0, 0, "pingpong".getBytes(StandardCharsets.US_ASCII));
        Frame frame = read();
        while (frame.type() != PING) {
            frame = read();
        }
        assertThat(frame.flags()).isEqualTo(ACK);
        assertThat(frame.text()).isEqualTo("pingpong");
        return this;
    }

    RawSocket socket() {
        return socket;
    }
}
