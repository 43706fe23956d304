package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** {@link Http2Flush} alone: each message in is a turn of the event loop. */
class EmbeddedHttp2FlushTest {
    private final Http2Flush flush = new Http2Flush();
    private final EmbeddedChannel channel = new EmbeddedChannel(flush, new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ((Runnable) message).run();
        }
    });

    private void turn(Runnable actions) {
        channel.writeInbound(actions);
    }

    private void write(String text) {
        channel.write(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private String sent() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            text.append(out.toString(StandardCharsets.US_ASCII));
            out.release();
        }
        return text.toString();
    }

    @Test
    void streamsWaitForTheEndOfTheTurn() {
        turn(() -> {
            write("a");
            flush.flush(channel);
            write("b");
            flush.flush(channel);
            assertThat(sent()).isEmpty();
        });
        assertThat(sent()).isEqualTo("ab");
        turn(() -> {
            write("c");
            flush.flush(channel);
            assertThat(sent()).isEmpty();
        });
        assertThat(sent()).isEqualTo("c");
    }

    @Test
    void everythingElseGoesAtOnceWithWhatWaits() {
        turn(() -> {
            write("a");
            flush.flush(channel);
            write("b");
            channel.flush();
            assertThat(sent()).isEqualTo("ab");
            write("c");
            flush.flush(channel);
            assertThat(sent()).isEmpty();
        });
        assertThat(sent()).isEqualTo("c");
    }

    @Test
    void nothingWaitsWhereTheClientHasEnough() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
        turn(() -> {
            write("abc");
            flush.flush(channel);
            assertThat(sent()).isEqualTo("abc");
        });
    }

    @Test
    void aCloseGoesBehindWhatWaits() {
        turn(() -> {
            write("a");
            flush.flush(channel);
            channel.pipeline().close();
            assertThat(sent()).isEqualTo("a");
        });
        assertThat(channel.isOpen()).isFalse();
    }
}
