package dev.headgate.netty;

import dev.headgate.netty.GuestApi.Wires;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * One that speaks HTTP/2, by Netty's codec: takes whole requests in the form of HTTP/1.1, and gives answers in it, in
 * the order of their requests.
 */
final class Http2Client implements WireClient {
    private static final int PATIENCE_SECONDS = 10;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel connection;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Deque<Stream> streams = new ArrayDeque<>();

    /**
     * @param tls null for none
     */
    Http2Client(int port, @Nullable SslContext tls) throws IOException {
        connection = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forClient()
                                        .validateHeaders(false)
                                        .build())
                                .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()))
                                .addLast(new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                                        if (message instanceof Http2GoAwayFrame) {
                                            ended.countDown();
                                        }
                                        ReferenceCountUtil.release(message);
                                    }

                                    @Override
                                    public void channelInactive(ChannelHandlerContext ctx) {
                                        ended.countDown();
                                    }
                                });
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), port)
                .syncUninterruptibly()
                .channel();
    }

    /** One request's answers, as they come. */
    private static final class Stream extends ChannelInboundHandlerAdapter {
        final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        private final StringBuilder body = new StringBuilder();
        private String head = "";

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            boolean ends = false;
            if (message instanceof Http2HeadersFrame frame) {
                ends = frame.isEndStream();
                head(frame.headers(), ends);
            } else if (message instanceof Http2DataFrame frame) {
                ends = frame.isEndStream();
                body.append(frame.content().toString(StandardCharsets.ISO_8859_1));
            }
            if (ends) {
                answers.add(new Answer(head, body.toString()));
            }
            ReferenceCountUtil.release(message);
        }

        private void head(Http2Headers headers, boolean ends) {
            CharSequence status = headers.status();
            if (status == null) {
                return;
            }
            StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " -\r\n");
            headers.forEach(field -> {
                if (field.getKey().charAt(0) != ':') {
                    text.append(field.getKey())
                            .append(": ")
                            .append(field.getValue())
                            .append("\r\n");
                }
            });
            head = text.append("\r\n").toString();
            if (!ends && status.charAt(0) == '1') {
                answers.add(new Answer(head, ""));
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame reset && answers.isEmpty()) {
                answers.add(new Answer("HTTP/1.1 000 reset " + reset.errorCode() + "\r\n\r\n", ""));
            }
            ReferenceCountUtil.release(event);
        }
    }

    @Override
    public WireClient send(String octets) throws IOException {
        InputStream in = new ByteArrayInputStream(octets.getBytes(StandardCharsets.ISO_8859_1));
        while (in.available() > 0) {
            request(in, Integer.MAX_VALUE);
        }
        return this;
    }

    @Override
    public WireClient sendSlowly(String octets) throws IOException {
        request(new ByteArrayInputStream(octets.getBytes(StandardCharsets.ISO_8859_1)), 1);
        return this;
    }

    /**
     * @param size of each DATA frame, at most
     */
    private void request(InputStream in, int size) throws IOException {
        try {
            String head = Wires.until(in, "\r\n\r\n");
            assumeExpressible(head);
            request(head, in, size);
        } catch (EOFException | NumberFormatException e) {
            Assumptions.abort("HTTP/2 cannot say it: " + e);
        }
    }

    /** Whether the head has a form in HTTP/2 at all: what breaks the grammar of HTTP/1.1 has none. */
    private static void assumeExpressible(String head) {
        String[] lines = head.substring(0, head.length() - 4).split("\r\n", -1);
        List<String> hosts = new GuestApi.Seen(head, "").values("Host");
        boolean expressible = lines[0].matches("[^ ]+ [^ ]+ HTTP/1\\.1")
                && hosts.size() < 2
                && (!lines[0].contains(" http://") || lines[0].contains(" http://" + String.join("", hosts) + "/"));
        boolean length = false;
        for (int i = 1; i < lines.length; i++) {
            String line = lines[i].toLowerCase(Locale.ROOT);
            boolean framed = line.startsWith("transfer-encoding:") || line.startsWith("content-length:");
            boolean framing = line.equals("transfer-encoding: chunked") || line.matches("content-length: [0-9]+");
            expressible &= line.matches("[!#$%&'*+.^_`|~0-9a-z-]+:[^\r\n\0]*")
                    && (!line.startsWith("connection:") || line.matches("connection: (close|keep-alive)"))
                    && !line.matches("(te|upgrade|keep-alive|proxy-connection):.*")
                    && (!framed || framing && !length);
            length |= framed;
        }
        Assumptions.assumeTrue(expressible, "HTTP/2 cannot say it");
    }

    private void request(String head, InputStream in, int size) throws IOException {
        GuestApi.Seen seen = new GuestApi.Seen(head, "");
        String body = "";
        Http2Headers trailers = null;
        if (!seen.values("Transfer-Encoding").isEmpty()) {
            StringBuilder fields = new StringBuilder();
            body = Wires.chunks(in, fields);
            trailers = fields.length() == 0 ? null : fields(fields.toString(), new DefaultHttp2Headers(false));
        } else if (!seen.values("Content-Length").isEmpty()) {
            body = Wires.exactly(
                    in, Integer.parseInt(seen.values("Content-Length").get(0)));
        }
        boolean bare = body.isEmpty() && trailers == null;
        Stream answers = new Stream();
        streams.add(answers);
        Http2StreamChannel stream = new Http2StreamChannelBootstrap(connection)
                .handler(answers)
                .open()
                .syncUninterruptibly()
                .getNow();
        stream.write(new DefaultHttp2HeadersFrame(headers(head), bare));
        byte[] content = body.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < content.length; ) {
            int n = Math.min(size, content.length - at);
            boolean last = trailers == null && at + n == content.length;
            stream.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(content, at, n), last));
            at += n;
        }
        if (trailers != null) {
            stream.write(new DefaultHttp2HeadersFrame(trailers, true));
        }
        stream.flush();
    }

    private static Http2Headers headers(String head) {
        String[] line = head.substring(0, head.indexOf("\r\n")).split(" ", -1);
        Http2Headers headers = new DefaultHttp2Headers(false);
        headers.method(line[0]).scheme("http");
        String target = line[1];
        if (target.startsWith("http://")) {
            int slash = target.indexOf('/', "http://".length());
            target = slash < 0 ? "/" : target.substring(slash);
        }
        headers.path(target);
        String host =
                new GuestApi.Seen(head, "").values("Host").stream().findFirst().orElse(null);
        if (host != null) {
            headers.authority(host);
        }
        return fields(head.substring(head.indexOf("\r\n") + 2), headers);
    }

    private static Http2Headers fields(String lines, Http2Headers to) {
        boolean host = to.authority() != null;
        for (String line : lines.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (name.equals("host") && host) {
                host = false;
            } else if (!name.equals("transfer-encoding") && !name.equals("connection")) {
                to.add(name, line.substring(colon + 1).strip());
            }
        }
        return to;
    }

    @Override
    public Answer read() throws IOException {
        Stream first = streams.getFirst();
        try {
            Answer answer = first.answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (answer == null) {
                throw new IOException("no answer within " + PATIENCE_SECONDS + " s");
            }
            if (answer.status() >= 200 || answer.status() == 0) {
                streams.removeFirst();
            }
            return answer;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public boolean isEnded() throws IOException {
        if (!streams.isEmpty()) {
            return read().status() == 0;
        }
        try {
            return ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        connection.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
