package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Netty's encoder writes, cut anywhere, is read as the frames that it was. */
class FrameReaderTest {
    private static final int RUNS = 60;
    private static final int[] SIZES = {0, 1, 2, 124, 125, 126, 127, 1000, 65_535, 65_536, 70_000};

    /** What the frames were, as text, and what stood in them. */
    private static final class Seen implements FrameReader.Sink {
        final List<String> heads = new ArrayList<>();
        final ByteArrayOutputStream payloads = new ByteArrayOutputStream();
        int ended;

        @Override
        public void frame(int first) {
            heads.add(Integer.toHexString(first));
        }

        @Override
        public void payload(ByteBuf in, int index, int length, int mask, long position) {
            for (int i = 0; i < length; i++) {
                payloads.write(FrameReader.unmasked(in.getByte(index + i), mask, position + i));
            }
        }

        @Override
        public void end() {
            ended++;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsWhatNettyWrites(boolean masked) {
        Random random = new Random(6455);
        for (int run = 0; run < RUNS; run++) {
            Seen expected = new Seen();
            List<Integer> ends = new ArrayList<>();
            byte[] octets = encode(random, masked, expected, ends);
            Seen seen = new Seen();
            FrameReader reader = new FrameReader(masked, false, seen);
            int at = 0;
            while (at < octets.length) {
                int to = Math.min(octets.length, at + 1 + random.nextInt(random.nextBoolean() ? 4 : 20_000));
                ByteBuf in = Unpooled.wrappedBuffer(octets, at, to - at);
                for (int from = 0; from < in.writerIndex(); ) {
                    from = reader.read(in, from);
                    assertThat(reader.fault()).isNull();
                    assertThat(reader.isBetween()).isEqualTo(ends.contains(at + from));
                }
                at = to;
            }
            assertThat(seen.heads).isEqualTo(expected.heads);
            assertThat(Arrays.equals(seen.payloads.toByteArray(), expected.payloads.toByteArray()))
                    .isTrue();
            assertThat(reader.count()).isEqualTo(ends.size());
            assertThat(seen.ended).isEqualTo(ends.size());
            assertThat(reader.isClosed()).isTrue();
            assertThat(reader.closeCode()).isEqualTo(4000 + ends.size());
        }
    }

    private static byte[] encode(Random random, boolean masked, Seen expected, List<Integer> ends) {
        EmbeddedChannel encoder = new EmbeddedChannel(new WebSocket13FrameEncoder(masked));
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        boolean fragmented = false;
        int frames = random.nextInt(6);
        for (int i = 0; i < frames; i++) {
            boolean last = random.nextBoolean();
            int kind = random.nextInt(4);
            WebSocketFrame frame;
            if (kind == 0) {
                frame = new PingWebSocketFrame(payload(random, 125));
            } else if (kind == 1) {
                frame = new PongWebSocketFrame(payload(random, 125));
            } else {
                ByteBuf payload = payload(random, SIZES[random.nextInt(SIZES.length)]);
                frame = fragmented
                        ? new ContinuationWebSocketFrame(last, 0, payload)
                        : kind == 2
                                ? new TextWebSocketFrame(last, 0, payload)
                                : new BinaryWebSocketFrame(last, 0, payload);
                fragmented = !last;
            }
            write(encoder, frame, octets, expected, ends);
        }
        write(encoder, new CloseWebSocketFrame(4001 + frames, "over"), octets, expected, ends);
        return octets.toByteArray();
    }

    private static ByteBuf payload(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    private static void write(
            EmbeddedChannel encoder,
            WebSocketFrame frame,
            ByteArrayOutputStream octets,
            Seen expected,
            List<Integer> ends) {
        expected.payloads.writeBytes(ByteBufUtil.getBytes(frame.content()));
        int before = octets.size();
        encoder.writeOutbound(frame);
        for (ByteBuf part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
            octets.writeBytes(ByteBufUtil.getBytes(part));
            part.release();
        }
        expected.heads.add(Integer.toHexString(octets.toByteArray()[before] & 0xFF));
        ends.add(octets.size());
    }
}
