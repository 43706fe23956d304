package dev.headgate.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the bytes of a connection with Netty's decoder as it comes. */
final class NettyConnection {
    /**
     * @param failure why it stopped, or null
     */
    record Result(List<Message> messages, @Nullable Throwable failure) {}

    private NettyConnection() {}

    static Result read(byte[] all) {
        HttpDecoderConfig config =
                new HttpDecoderConfig().setMaxInitialLineLength(65536).setMaxHeaderSize(65536);
        EmbeddedChannel channel = new EmbeddedChannel(false, false, new HttpRequestDecoder(config));
        List<Message> messages = new ArrayList<>();
        Throwable failure = null;
        HttpRequest request = null;
        StringBuilder body = new StringBuilder();
        try {
            channel.register();
            channel.writeInbound(Unpooled.wrappedBuffer(all));
            for (HttpObject o = channel.readInbound(); o != null; o = channel.readInbound()) {
                try {
                    if (o.decoderResult().isFailure()) {
                        failure = o.decoderResult().cause();
                        if (request == null) {
                            break;
                        }
                    }
                    if (o instanceof HttpRequest r) {
                        request = r;
                        body = new StringBuilder();
                    }
                    if (failure == null && request != null && o instanceof HttpContent content) {
                        body.append(content.content().toString(ISO_8859_1));
                        if (o instanceof LastHttpContent last) {
                            messages.add(message(request, body, last.trailingHeaders(), true));
                            request = null;
                        }
                    }
                } finally {
                    ReferenceCountUtil.release(o);
                }
            }
            if (request != null && !request.decoderResult().isFailure()) {
                messages.add(message(request, body, null, false));
            }
        } catch (Exception e) {
            failure = e;
        } finally {
            channel.releaseInbound();
            channel.close();
        }
        return new Result(messages, failure);
    }

    private static Message message(
            HttpRequest request, StringBuilder body, @Nullable HttpHeaders trailers, boolean complete) {
        return new Message(
                request.method().name(),
                request.uri(),
                request.protocolVersion().minorVersion(),
                fields(request.headers()),
                body.toString(),
                trailers == null ? List.of() : fields(trailers),
                complete);
    }

    private static List<String> fields(HttpHeaders headers) {
        List<String> fields = new ArrayList<>();
        for (Map.Entry<String, String> e : headers) {
            fields.add(e.getKey() + ": " + e.getValue());
        }
        return fields;
    }
}
