package dev.headgate.netty;

import dev.headgate.gate.HeadRewriter.RequestEdit;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.ResponseHead;
import dev.headgate.http.Trailers;
import dev.headgate.netty.ExchangeRecord.IdSource;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Learns;
import dev.headgate.session.Session;
import dev.headgate.session.SessionRecorder.NothingLearned;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange on its way upstream, and its answer on the way back. Each side is read only while the other one takes
 * what was read. Confined to the exchange's event loop.
 */
final class Forwarding implements UpstreamPool.Taker, UpstreamHandler.Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);

    /** RFC 9110 section 9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private final Exchange exchange;
    private final Downstream downstream;
    private final @Nullable Learning learning;
    /** Content that came before there was a connection. */
    private @Nullable CompositeByteBuf waiting;

    private @Nullable BodyEnd waitingEnd;
    private boolean unflushed;
    private boolean reused;
    private boolean retried;
    private boolean holdsAnswer;

    Forwarding(Exchange exchange) {
        this.exchange = exchange;
        this.downstream = exchange.downstream();
        Endpoint endpoint = exchange.endpoint();
        Learns learns = endpoint == null ? null : endpoint.learns();
        this.learning = learns == null
                ? null
                : new Learning(learns, exchange.snapshot().limits().checkedBody());
    }

    void start() {
        downstream.loop().pool().take(exchange.route().upstream(), exchange.snapshot(), this);
    }

    @Override
    public void connected(UpstreamHandler connection, boolean reused) {
        if (exchange.isFinished() || exchange.isResponseStarted()) {
            release();
            downstream.loop().pool().giveBack(connection);
            return;
        }
        this.reused = reused;
        exchange.upstream(connection);
        if (!sendHead(connection)) {
            return;
        }
        CompositeByteBuf body = waiting;
        waiting = null;
        if (body != null) {
            connection.sendData(body);
        }
        BodyEnd end = waitingEnd;
        waitingEnd = null;
        unflushed = true;
        if (end != null) {
            connection.sendEnd(end.trailers());
        }
        boolean takesMore = end != null || connection.channel().isWritable();
        if (takesMore && !downstream.channel().config().isAutoRead()) {
            downstream.resumeReading();
        }
        if (!reused) {
            flushRequest();
        }
    }

    private boolean sendHead(UpstreamHandler connection) {
        RequestIdentity id = exchange.id();
        HeadWriter out = downstream.loop().headWriter();
        RequestEdit edit = new RequestEdit(
                id.id(),
                id.source() == IdSource.CLIENT,
                exchange.route().upstream().hostField(),
                exchange.isContinued(),
                learning != null);
        exchange.snapshot().rewriter().request(exchange.head(), edit, out);
        if (!exchange.prove(out)) {
            LOG.error("request {}: Authorization altered before it was sent; closing", id.id());
            exchange.note("Authorization: altered before it was sent");
            exchange.abort(Side.UPSTREAM);
            return false;
        }
        boolean chunked = exchange.framing().kind() == Framing.Kind.CHUNKED;
        connection.send(exchange.head().method(), out, chunked, this);
        return true;
    }

    @Override
    public void unreachable(Throwable cause) {
        String upstream = exchange.route().upstream().toString();
        LOG.warn("upstream {} unreachable: {}", upstream, cause.toString());
        fail(new Deny(
                Reason.UPSTREAM_UNREACHABLE,
                "upstream " + exchange.route().upstream().name() + ": " + inWords(cause)));
    }

    /** Without the cause's own message: it may tell addresses that are not the client's business. */
    private static String inWords(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "its name does not resolve";
        }
        if (cause instanceof ConnectTimeoutException) {
            return "no connection within timeouts.upstreamConnect";
        }
        if (cause instanceof SSLException) {
            return "the TLS handshake failed, or its certificate is not trusted";
        }
        return cause instanceof ConnectException ? "connection refused, or no way there" : "the connection failed";
    }

    void requestData(ByteBuf data) {
        if (exchange.isFinished() || exchange.isResponseStarted() && exchange.upstream() == null) {
            data.release();
            return;
        }
        if (learning != null) {
            learning.request(data);
        }
        UpstreamHandler connection = exchange.upstream();
        if (connection == null) {
            CompositeByteBuf body = waiting;
            if (body == null) {
                body = data.alloc().compositeBuffer(1024);
                waiting = body;
            }
            body.addFlattenedComponents(true, data);
            downstream.pauseReading();
            return;
        }
        connection.sendData(data);
        unflushed = true;
        if (!connection.channel().isWritable()) {
            downstream.pauseReading();
        }
    }

    void requestEnd(BodyEnd end) {
        UpstreamHandler connection = exchange.upstream();
        if (connection == null) {
            waitingEnd = end;
        } else {
            connection.sendEnd(end.trailers());
            unflushed = true;
        }
    }

    void flushRequest() {
        UpstreamHandler connection = exchange.upstream();
        if (unflushed && connection != null) {
            unflushed = false;
            connection.flush();
        }
    }

    @Override
    public void writable() {
        if (!exchange.isFinished() && !exchange.isRequestEnded()) {
            downstream.resumeReading();
        }
    }

    void downstreamWritable() {
        UpstreamHandler connection = exchange.upstream();
        if (connection != null) {
            if (exchange.isRequestEnded()) {
                downstream.decoder().deadline().clear();
            }
            connection.resumeReading();
        }
    }

    @Override
    public void interim(ResponseHead head) {
        exchange.interim(head);
    }

    @Override
    public void head(ResponseHead head, Framing framing) {
        holdsAnswer = learning != null && head.status() / 100 == 2 && framing.hasBody();
        exchange.respond(head, framing);
    }

    @Override
    public void data(ByteBuf content) {
        if (exchange.isFinished()) {
            content.release();
            return;
        }
        if (learning != null && holdsAnswer) {
            if (!learning.hold(content)) {
                holdsAnswer = false;
                nothingLearned("answer: larger than limits.checkedBody");
                sendHeld(learning);
            }
            return;
        }
        exchange.respondData(content);
        UpstreamHandler connection = exchange.upstream();
        if (connection != null && !downstream.channel().isWritable()) {
            connection.pauseReading();
            downstream
                    .decoder()
                    .deadline()
                    .set(exchange.snapshot().timeouts().idle().toNanos());
        }
    }

    @Override
    public void end(@Nullable Trailers trailers) {
        exchange.upstream(null);
        if (exchange.isFinished()) {
            return;
        }
        if (learning == null || !holdsAnswer) {
            exchange.respondEnd(trailers);
            return;
        }
        CompletableFuture<?> stored = store(learning);
        if (stored.isDone()) {
            storedThenEnd(learning, stored, trailers);
            return;
        }
        var unused = stored.whenComplete((nothing, failure) ->
                downstream.channel().eventLoop().execute(() -> storedThenEnd(learning, stored, trailers)));
    }

    private CompletableFuture<?> store(Learning complete) {
        try {
            Session session = downstream
                    .edge()
                    .recorder()
                    .learn(
                            profileName(),
                            complete.learns(),
                            complete.request(),
                            complete.answer(),
                            downstream.edge().clock().millis());
            exchange.learned(session);
            return downstream.edge().sessions().put(session).toCompletableFuture();
        } catch (NothingLearned e) {
            nothingLearned(e.getMessage());
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private String profileName() {
        var profile = exchange.route().profile();
        return profile == null ? "" : profile.name();
    }

    private void storedThenEnd(Learning complete, CompletableFuture<?> stored, @Nullable Trailers trailers) {
        if (stored.isCompletedExceptionally()) {
            nothingLearned("session store: did not keep the session");
        }
        if (exchange.isFinished()) {
            release();
            return;
        }
        sendHeld(complete);
        exchange.respondEnd(trailers);
    }

    private void sendHeld(Learning held) {
        ByteBuf answer = held.release();
        if (answer != null) {
            exchange.respondData(answer);
        }
    }

    /** The client still gets the answer as it is. */
    private void nothingLearned(@Nullable String why) {
        LOG.warn("request {}: no session learned: {}", exchange.id().id(), why);
        exchange.note("no session learned: " + why);
    }

    @Override
    public void flush() {
        if (!holdsAnswer) {
            downstream.writer().flush();
        }
    }

    @Override
    public void lost(Deny why, boolean clean) {
        exchange.upstream(null);
        boolean repeatable = IDEMPOTENT.contains(exchange.head().method())
                && !exchange.framing().hasBody();
        if (clean && reused && !retried && repeatable && exchange.isRequestEnded() && !exchange.isFinished()) {
            retried = true;
            waitingEnd = BodyEnd.PLAIN;
            downstream.loop().pool().open(exchange.route().upstream(), exchange.snapshot(), this);
            return;
        }
        fail(why);
    }

    private void fail(Deny why) {
        release();
        exchange.refuse(why, VerdictKind.ALLOW);
    }

    /** Lets go of what was held for either side. */
    void release() {
        CompositeByteBuf body = waiting;
        waiting = null;
        if (body != null) {
            body.release();
        }
        ByteBuf answer = learning == null ? null : learning.release();
        if (answer != null) {
            answer.release();
        }
    }
}
