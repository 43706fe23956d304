package dev.headgate.replay;

import dev.headgate.replay.ReplayClient.Call;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One connection to the target, with one call at a time. Confined to its event loop. */
final class ReplayConnection extends SimpleChannelInboundHandler<HttpObject> {
    /** The most that is kept of an answer's body, in bytes; the rest is counted. */
    private static final int LARGEST_BODY = 4 << 20;

    private static final String CLOSED = "the connection was closed before the answer";

    private final ReplayClient client;
    private final long answerMillis;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Call call;
    private boolean reused;
    private @Nullable HttpResponse head;
    private ByteArrayOutputStream body = new ByteArrayOutputStream();
    private long size;
    private boolean interim;
    private long since;
    private @Nullable Future<?> timeout;

    ReplayConnection(ReplayClient client, long answerMillis) {
        this.client = client;
        this.answerMillis = answerMillis;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    private ChannelHandlerContext context() {
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }

    boolean isActive() {
        return context().channel().isActive();
    }

    boolean isHead() {
        return call != null && call.method().equals("HEAD");
    }

    /** Since the last call, in nanoseconds. */
    long idleNanos() {
        return System.nanoTime() - since;
    }

    void close() {
        context().close();
    }

    /** @param again whether the connection has had a call before */
    void send(Call next, boolean again) {
        call = next;
        reused = again;
        head = null;
        interim = false;
        size = 0;
        body = new ByteArrayOutputStream();
        since = System.nanoTime();
        timeout = context()
                .executor()
                .schedule(
                        () -> fail("no complete answer within " + answerMillis + " ms"),
                        answerMillis,
                        TimeUnit.MILLISECONDS);
        // A failure to write shows as a closed connection; what was answered before that still counts.
        context().writeAndFlush(ReplayClient.buffer(next.bytes()));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (call == null) {
            // Nothing was asked.
            context.close();
            return;
        }
        if (part.decoderResult().isFailure()) {
            fail("the answer is not HTTP/1.1");
            return;
        }
        if (part instanceof HttpResponse response) {
            interim = response.status().code() / 100 == 1 && response.status().code() != 101;
            head = interim ? null : response;
        }
        if (part instanceof HttpContent content && !interim) {
            ByteBuf bytes = content.content();
            int room = Math.min(bytes.readableBytes(), LARGEST_BODY - body.size());
            size += bytes.readableBytes();
            byte[] kept = new byte[room];
            bytes.readBytes(kept);
            body.writeBytes(kept);
        }
        if (part instanceof LastHttpContent && !interim) {
            complete();
        }
    }

    private void complete() {
        Call answered = call;
        HttpResponse response = head;
        if (answered == null || response == null) {
            return;
        }
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - since);
        List<RecordedField> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : response.headers()) {
            fields.add(new RecordedField(field.getKey(), field.getValue()));
        }
        RecordedResponse answer = new RecordedResponse(
                response.status().code(), fields, decoded(response.headers().get("content-encoding")));
        boolean reusable = answered.reusable()
                && HttpUtil.isKeepAlive(response)
                && response.status().code() != 101;
        end();
        client.free(this, reusable);
        answered.answered(answer, micros);
    }

    /** Without its content coding, where it is gzip and all of it is here. */
    private RecordedBody decoded(@Nullable String coding) {
        byte[] raw = body.toByteArray();
        if (coding == null || !coding.equalsIgnoreCase("gzip") || raw.length == 0 || size > raw.length) {
            return new RecordedBody(raw, size, true);
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(raw))) {
            byte[] plain = in.readNBytes(LARGEST_BODY);
            return in.read() < 0 ? RecordedBody.of(plain) : new RecordedBody(plain, Long.MAX_VALUE, true);
        } catch (IOException e) {
            return RecordedBody.of(raw);
        }
    }

    private void end() {
        call = null;
        since = System.nanoTime();
        Future<?> timer = timeout;
        timeout = null;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void fail(String why) {
        Call failed = call;
        if (failed == null) {
            return;
        }
        boolean fresh = reused && head == null && size == 0;
        end();
        if (fresh && why.equals(CLOSED)) {
            client.lost(this, failed);
        } else {
            client.free(this, false);
            failed.failed(why);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(head == null ? CLOSED : "the connection was closed in mid-answer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean tls = cause instanceof SSLException || cause.getCause() instanceof SSLException;
        if (tls) {
            fail("TLS: " + cause.getMessage());
        } else {
            fail(head == null ? CLOSED : "the connection was broken off in mid-answer");
        }
        context.close();
    }
}
