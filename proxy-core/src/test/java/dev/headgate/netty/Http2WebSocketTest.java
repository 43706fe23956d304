package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.ExchangeRecord.Side;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** WebSockets in streams of HTTP/2 (RFC 8441), asked for by Netty's client. */
@EachTransport
class Http2WebSocketTest {
    private static final String GOING = Frames.close(1001, "shutting down");

    @RegisterExtension
    private final Wire wire;

    private final EventLoopGroup loops = Transport.NIO.group(1);
    private final CompletableFuture<Boolean> connectProtocol = new CompletableFuture<>();
    /** What the stream brings: a head's status and fields, data as text, "end", "reset". */
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private Channel connection;
    private Channel stream;
    private RawSocket server;

    Http2WebSocketTest(Transport transport) {
        this.wire = new Wire(transport).http2();
    }

    @AfterEach
    void close() throws Exception {
        connection.close().sync();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        server.close();
    }

    private final class Ear extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            boolean ends = false;
            if (message instanceof Http2HeadersFrame head) {
                heard.add(head.headers().toString());
                ends = head.isEndStream();
            } else if (message instanceof Http2DataFrame data) {
                if (data.content().isReadable()) {
                    heard.add(data.content().toString(StandardCharsets.ISO_8859_1));
                }
                ends = data.isEndStream();
            }
            if (ends) {
                heard.add("end");
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame reset) {
                heard.add("reset " + reset.errorCode());
            }
        }
    }

    private void ask(String protocol) throws Exception {
        connection = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forClient().build(),
                                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                                        new ChannelInboundHandlerAdapter() {
                                            @Override
                                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                                if (message instanceof Http2SettingsFrame settings) {
                                                    connectProtocol.complete(Long.valueOf(1)
                                                            .equals(settings.settings()
                                                                    .get((char) 8)));
                                                }
                                                ReferenceCountUtil.release(message);
                                            }
                                        });
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), wire.edge().port())
                .sync()
                .channel();
        assertThat(connectProtocol.get(10, TimeUnit.SECONDS)).isTrue();
        stream = new Http2StreamChannelBootstrap(connection)
                .handler(new Ear())
                .open()
                .sync()
                .getNow();
        Http2Headers head = new DefaultHttp2Headers()
                .method("CONNECT")
                .scheme("http")
                .path("/v1?deploymentId=d")
                .authority("edge.test");
        head.add(":protocol", protocol);
        head.add("origin", "https://page.example");
        head.add("sec-websocket-version", "13");
        head.add("sec-websocket-key", "of no meaning here");
        head.add("x-request-id", "ws");
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(head)).sync();
    }

    private void open() throws Exception {
        ask("websocket");
        server = wire.upstream().accept();
        String head = server.readHead();
        String key = RawAnswer.field(head, "sec-websocket-key");
        assertThat(key).hasSize(24);
        assertThat(head)
                .isEqualTo(RawSocket.head(
                        "GET /v1?deploymentId=d HTTP/1.1",
                        "host: " + wire.upstream().host(),
                        "origin: https://page.example",
                        "sec-websocket-version: 13",
                        "x-request-id: ws",
                        "upgrade: websocket",
                        "sec-websocket-key: " + key,
                        Wire.ORGANIZATION,
                        "Connection: Upgrade"));
        byte[] digest = MessageDigest.getInstance("SHA-1")
                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1));
        server.send(RawSocket.head(
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest),
                "Sec-WebSocket-Protocol: a"));
        assertThat(next())
                .contains(":status: 200", "sec-websocket-protocol: a", "x-request-id: ws")
                .doesNotContain("upgrade", "connection", "accept");
    }

    private String next() throws InterruptedException {
        String next = heard.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("what the stream brings within 10 s").isNotNull();
        return next;
    }

    private void say(String octets, boolean ends) throws InterruptedException {
        stream.writeAndFlush(new DefaultHttp2DataFrame(
                        Unpooled.wrappedBuffer(octets.getBytes(StandardCharsets.ISO_8859_1)), ends))
                .sync();
    }

    @Test
    void framesGoBothWaysAndTheEndIsProper() throws Exception {
        open();
        say(Frames.masked(Frames.TEXT, "hello"), false);
        server.expect(Frames.masked(Frames.TEXT, "hello"));
        server.send(Frames.plain(Frames.TEXT, "hello yourself"));
        assertThat(next()).isEqualTo(Frames.plain(Frames.TEXT, "hello yourself"));
        say(Frames.masked(Frames.CLOSE, ""), false);
        server.expect(Frames.masked(Frames.CLOSE, ""));
        server.send(Frames.plain(Frames.CLOSE, ""));
        server.endOutput();
        assertThat(next()).isEqualTo(Frames.plain(Frames.CLOSE, ""));
        assertThat(next()).isEqualTo("end");
        server.expectEnd();
        ExchangeRecord record = wire.record();
        assertThat(record.status()).isEqualTo(101);
        assertThat(record.method()).isEqualTo("GET");
        assertThat(record.protocol()).isEqualTo("HTTP/2");
        assertThat(record.aborted()).isNull();
    }

    @Test
    void theEndOfTheStreamIsThatOfTheConnection() throws Exception {
        open();
        say(Frames.masked(Frames.TEXT, "last words"), true);
        server.expect(Frames.masked(Frames.TEXT, "last words"));
        server.expectEnd();
        assertThat(next()).isEqualTo("end");
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void aResetEndsIt() throws Exception {
        open();
        stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).sync();
        server.expectEnd();
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    /** RFC 9113 section 8.5: a tunnel has no trailer section. */
    @Test
    void fieldsEndIt() throws Exception {
        open();
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add("a", "b"), true))
                .sync();
        server.expectEnd();
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void aRefusalIsAnOrdinaryAnswer() throws Exception {
        ask("websocket");
        server = wire.upstream().accept();
        server.readHead();
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        assertThat(next()).contains(":status: 403");
        assertThat(next()).isEqualTo("no");
        assertThat(next()).isEqualTo("end");
        assertThat(next()).isEqualTo("reset 0");
        assertThat(wire.record().status()).isEqualTo(403);
    }

    @Test
    void anotherProtocolIsRefused() throws Exception {
        ask("connect-udp");
        server = wire.client();
        assertThat(next()).contains(":status: 400");
        assertThat(wire.record().status()).isEqualTo(400);
    }

    @Test
    void aDrainClosesItWith1001() throws Exception {
        open();
        wire.edge().initializer.drain().get(10, TimeUnit.SECONDS);
        assertThat(next()).isEqualTo(Frames.plain(Frames.CLOSE, GOING));
        assertThat(Frames.unmasked(server.read(6 + GOING.length()))).isEqualTo(GOING);
        say(Frames.masked(Frames.CLOSE, ""), false);
        server.send(Frames.plain(Frames.CLOSE, ""));
        assertThat(next()).isEqualTo("end");
        server.expectEnd();
        assertThat(wire.record().aborted()).isNull();
        assertThat(connection.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    }
}
