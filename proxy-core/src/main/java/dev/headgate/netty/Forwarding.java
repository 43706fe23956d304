package dev.headgate.netty;

import dev.headgate.gate.HeadRewriter.RequestEdit;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.FieldName;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.ResponseHead;
import dev.headgate.http.Trailers;
import dev.headgate.http.WebSocketHandshake;
import dev.headgate.netty.ExchangeRecord.IdSource;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange on its way upstream, and its answer on the way back. Each side is read only while the other one takes
 * what was read. Confined to the exchange's event loop.
 *
 * <p>What a connection, or the wait for one, is told last is told from anywhere, outside the client's pipeline too: there
 * a defect is handed to that pipeline, as nobody else would end the exchange.
 */
final class Forwarding implements UpstreamPool.Taker, UpstreamHandler.Answers, Tunnel.Ends {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);

    /** RFC 9110 section 9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private final Exchange exchange;
    private final Downstream downstream;
    private final Lessons lessons;
    /** Content that came before there was a connection. */
    private final HeldContent waiting = new HeldContent();

    private @Nullable BodyEnd waitingEnd;
    private boolean starting;
    private boolean unflushed;
    private boolean reused;
    private boolean retried;
    private @Nullable HeldAnswer held;
    private @Nullable Tunnel tunnel;

    Forwarding(Exchange exchange) {
        this.exchange = exchange;
        this.downstream = exchange.downstream();
        this.lessons = new Lessons(exchange);
    }

    void start() {
        starting = true;
        downstream.loop().pool().take(exchange.route().upstream(), exchange.snapshot(), this);
        starting = false;
    }

    @Override
    public void connected(UpstreamHandler connection, boolean reused) {
        try {
            begin(connection, reused);
        } catch (Throwable e) {
            downstream.defect(e);
        }
    }

    private void begin(UpstreamHandler connection, boolean reused) {
        if (!isWaiting()) {
            release();
            downstream.loop().pool().giveBack(connection);
            return;
        }
        this.reused = reused;
        exchange.upstream(connection);
        if (!sendHead(connection)) {
            return;
        }
        ByteBuf body = waiting.take();
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
        if (!starting) {
            flushRequest();
        }
    }

    private boolean sendHead(UpstreamHandler connection) {
        RequestIdentity id = exchange.id();
        HeadWriter out = downstream.loop().headWriter();
        boolean upgrade = WebSocketHandshake.isAskedBy(exchange.head(), exchange.framing());
        RequestEdit edit = new RequestEdit(
                id.id(),
                id.source() == IdSource.CLIENT,
                host(),
                exchange.isContinued(),
                lessons.isCreate(),
                downstream
                        .connection()
                        .hop(exchange.snapshot().gate().settings().forwarded()),
                upgrade);
        exchange.snapshot().rewriter().request(exchange.head(), edit, out);
        if (!exchange.prove(out)) {
            LOG.error("request {}: Authorization altered before it was sent; closing", id.id());
            exchange.findings().note("Authorization: altered before it was sent");
            exchange.abort(Side.UPSTREAM);
            return false;
        }
        boolean chunked = exchange.framing().kind() == Framing.Kind.CHUNKED;
        String accept = upgrade ? WebSocketHandshake.accept(exchange.head()) : null;
        connection.send(exchange.head().method(), out, chunked, accept, this);
        return true;
    }

    /** Null for the client's own. */
    private byte @Nullable [] host() {
        Upstream upstream = exchange.route().upstream();
        return upstream.options().preserveHost() && exchange.head().has(FieldName.HOST) ? null : upstream.hostField();
    }

    @Override
    public boolean isWaiting() {
        return !exchange.isFinished() && !exchange.isResponseStarted();
    }

    @Override
    public UpstreamPool.Client client() {
        ClientConnection client = downstream.connection();
        return new UpstreamPool.Client(client.source(), client.destination());
    }

    @Override
    public void overloaded(String detail) {
        try {
            refuse(detail);
        } catch (Throwable e) {
            downstream.defect(e);
        }
    }

    private void refuse(String detail) {
        if (isWaiting()) {
            fail(new Deny(
                    Reason.UPSTREAM_OVERLOADED,
                    "upstream " + exchange.route().upstream().name() + ": " + detail));
        } else {
            release();
        }
    }

    @Override
    public void unreachable(Throwable cause, @Nullable UpstreamAddress last) {
        try {
            refuse(cause, last);
        } catch (Throwable e) {
            downstream.defect(e);
        }
    }

    private void refuse(Throwable cause, @Nullable UpstreamAddress last) {
        if (!isWaiting()) {
            release();
            return;
        }
        String upstream = exchange.route().upstream().toString();
        LOG.warn(
                "upstream {} unreachable{}: {} ({})",
                upstream,
                last == null ? "" : ", last tried at " + last,
                ConnectFailure.inWords(cause),
                cause.toString());
        fail(new Deny(
                Reason.UPSTREAM_UNREACHABLE,
                "upstream " + exchange.route().upstream().name() + ": " + ConnectFailure.inWords(cause)));
    }

    void requestData(ByteBuf data) {
        if (exchange.isFinished() || exchange.isResponseStarted() && exchange.upstream() == null) {
            data.release();
            return;
        }
        if (tunnel != null) {
            tunnel.fromClient(data);
            return;
        }
        lessons.look(data);
        UpstreamHandler connection = exchange.upstream();
        if (connection == null) {
            waiting.add(data);
            downstream.pauseReading();
        } else {
            send(connection, data);
        }
    }

    private void send(UpstreamHandler connection, ByteBuf data) {
        connection.sendData(data);
        unflushed = true;
        if (!connection.channel().isWritable()) {
            downstream.pauseReading();
        }
    }

    void requestEnd(BodyEnd end) {
        if (tunnel != null) {
            tunnel.closed(Side.DOWNSTREAM);
            return;
        }
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
            downstream.taken();
            connection.resumeReading();
        }
    }

    @Override
    public void interim(ResponseHead head) {
        exchange.interim(head);
        waitForTheClient();
    }

    @Override
    public void head(ResponseHead head, Framing framing) {
        exchange.answered(head);
        lessons.take(head);
        if (lessons.needsBody(head, framing)) {
            held = new HeldAnswer(head, framing, exchange.snapshot().limits().checkedBody());
        } else {
            exchange.respond(head, framing);
        }
    }

    @Override
    public void upgraded(ResponseHead head) {
        exchange.answered(head);
        lessons.take(head);
        Tunnel opened = new Tunnel(exchange, head, this);
        tunnel = opened;
        exchange.upgrade(head, opened);
    }

    @Override
    public void toClient(ByteBuf content) {
        respondData(content);
    }

    @Override
    public void toUpstream(ByteBuf content) {
        UpstreamHandler connection = exchange.upstream();
        if (connection == null) {
            content.release();
        } else {
            send(connection, content);
        }
    }

    @Override
    public void end(@Nullable Side brokenOff) {
        exchange.tunnelEnded(brokenOff);
    }

    @Override
    public void data(ByteBuf content) {
        if (exchange.isFinished()) {
            content.release();
            return;
        }
        if (tunnel != null) {
            tunnel.fromUpstream(content);
            return;
        }
        HeldAnswer answer = held;
        if (answer == null) {
            respondData(content);
            return;
        }
        answer.content().add(content);
        if (answer.isTooLong()) {
            lessons.tooLong(answer);
            respondHeld(answer);
        }
    }

    private void respondData(ByteBuf content) {
        exchange.respondData(content);
        waitForTheClient();
    }

    /** Where it does not take what it was sent, the upstream's next words wait, and for so long only. */
    private void waitForTheClient() {
        UpstreamHandler connection = exchange.upstream();
        if (connection != null && !downstream.channel().isWritable()) {
            connection.pauseReading();
            if (tunnel == null) {
                downstream.expectTaking();
            }
        }
    }

    private void respondHeld(HeldAnswer answer) {
        held = null;
        exchange.respond(answer.head(), answer.framing());
        ByteBuf content = answer.content().take();
        if (content != null) {
            respondData(content);
        }
    }

    @Override
    public void end(@Nullable Trailers trailers) {
        try {
            answerEnds(trailers);
        } catch (Throwable e) {
            downstream.defect(e);
        }
    }

    private void answerEnds(@Nullable Trailers trailers) {
        exchange.answerEnded();
        HeldAnswer answer = held;
        if (exchange.isFinished()) {
            return;
        }
        if (tunnel != null) {
            tunnel.closed(Side.UPSTREAM);
            return;
        }
        if (answer == null) {
            exchange.respondEnd(trailers);
            return;
        }
        CompletableFuture<?> taken = take(answer);
        if (taken.isDone()) {
            takenThenEnd(taken, answer, trailers);
            return;
        }
        var unused =
                taken.whenComplete((nothing, failure) -> downstream.run(() -> takenThenEnd(taken, answer, trailers)));
    }

    /** A defect in what is learned must not cost the client its answer. */
    private CompletableFuture<?> take(HeldAnswer answer) {
        try {
            return lessons.take(answer);
        } catch (RuntimeException e) {
            LOG.error("request {}: nothing taken from its answer", exchange.id().id(), e);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void takenThenEnd(CompletableFuture<?> taken, HeldAnswer answer, @Nullable Trailers trailers) {
        lessons.taken(taken);
        if (exchange.isFinished()) {
            release();
            return;
        }
        respondHeld(answer);
        exchange.respondEnd(trailers);
    }

    @Override
    public void flush() {
        if (held == null) {
            downstream.flush();
        }
        if (tunnel != null) {
            // The edge may have put a frame of its own into either direction.
            flushRequest();
        }
    }

    @Override
    public void lost(Deny why, boolean clean) {
        try {
            answerLost(why, clean);
        } catch (Throwable e) {
            downstream.defect(e);
        }
    }

    private void answerLost(Deny why, boolean clean) {
        exchange.upstream(null);
        if (tunnel != null) {
            tunnel.closed(Side.UPSTREAM);
            return;
        }
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
        waiting.release();
        HeldAnswer answer = held;
        held = null;
        if (answer != null) {
            answer.content().release();
        }
    }
}
