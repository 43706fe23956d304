package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.AddressRange;
import dev.headgate.gate.Cors;
import dev.headgate.gate.ForwardedSettings;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.Limits.MinimumRate;
import dev.headgate.netty.Limits.RateLimit;
import dev.headgate.netty.WireClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often requests may come: of a client, and with a token. */
class RateLimitWireTest {
    private static final RateLimit LIMIT = new RateLimit(1, Duration.ofMillis(2500), 2);
    private static final GateSettings TRUSTING = trusting(null);

    private static final String PREFLIGHT =
            Ask.request("OPTIONS", "/plain", null, "Origin: https://a.test", "Access-Control-Request-Method: POST");

    private final GuardedEdge edge = new GuardedEdge();

    private static GateSettings trusting(@Nullable Cors cors) {
        GateSettings plain = GuardedEdge.ENFORCE;
        return new GateSettings(
                plain.organization(),
                plain.requestIdHeader(),
                plain.acceptRequestIds(),
                plain.supersededGraceMillis(),
                plain.clockSkewMillis(),
                cors,
                new ForwardedSettings(List.of(AddressRange.parse("127.0.0.1")), ForwardedSettings.Write.NONE));
    }

    @BeforeEach
    void limitNothing() {
        edge.use(TRUSTING);
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    private void limit(Policy policy, RateLimit client, RateLimit session) {
        limit(TRUSTING, policy, client, session);
    }

    private void limit(GateSettings settings, Policy policy, RateLimit client, RateLimit session) {
        edge.use(
                settings,
                policy,
                new Limits(32 * 1024, 100, GuardedEdge.CHECKED_BODY, 0, 0, 0, MinimumRate.NONE, client, session));
    }

    private Answer get(String client) throws IOException {
        return edge.ask(Ask.get("/plain", "X-Forwarded-For: " + client));
    }

    @Test
    void aClientThatComesTooOftenIsToldWhenItMayComeAgain() throws Exception {
        limit(Policy.ENFORCE, LIMIT, null);
        assertThat(get("192.0.2.1").status()).isEqualTo(200);
        assertThat(get("192.0.2.1").status()).isEqualTo(200);
        Answer refused = get("192.0.2.1");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.values("Retry-After")).containsExactly("3");
        assertThat(refused.value("x-headgate-reason")).isEqualTo("limit.rate");
        assertThat(refused.body()).contains("\"code\":\"limit.rate\"").contains("limits.rate.perClient");
        assertThat(get("192.0.2.2").status()).isEqualTo(200);
        edge.advance(Duration.ofMillis(2499));
        assertThat(get("192.0.2.1").values("Retry-After")).containsExactly("1");
        edge.advance(Duration.ofMillis(1));
        assertThat(get("192.0.2.1").status()).isEqualTo(200);
        assertThat(get("192.0.2.1").status()).isEqualTo(429);
        edge.record();
        edge.record();
        ExchangeRecord record = edge.record();
        assertThat(record.reason()).isEqualTo(Reason.LIMIT_RATE);
        assertThat(record.client()).isEqualTo("192.0.2.1");
    }

    @Test
    void anIpv6NetworkIsOneClient() throws Exception {
        limit(Policy.ENFORCE, LIMIT, null);
        assertThat(get("2001:db8::1").status()).isEqualTo(200);
        assertThat(get("2001:db8::2").status()).isEqualTo(200);
        assertThat(get("2001:db8::ffff:3").status()).isEqualTo(429);
        assertThat(get("2001:db8:0:1::3").status()).isEqualTo(200);
    }

    @Test
    void preflightsThatTheEdgeAnswersAreNotCounted() throws Exception {
        limit(trusting(new Cors(Set.of("https://a.test"), false, 600)), Policy.ENFORCE, LIMIT, null);
        for (int i = 0; i < 5; i++) {
            assertThat(edge.ask(PREFLIGHT).status()).isEqualTo(204);
        }
        assertThat(edge.ask(Ask.get("/plain")).status()).isEqualTo(200);
        assertThat(edge.ask(PREFLIGHT.replace("Origin:", "X-Origin:")).status()).isEqualTo(200);
        assertThat(edge.ask(PREFLIGHT.replace("Origin:", "X-Origin:")).status()).isEqualTo(429);
    }

    @Test
    void otherPreflightsAre() throws Exception {
        limit(Policy.ENFORCE, LIMIT, null);
        assertThat(edge.ask(PREFLIGHT).status()).isEqualTo(200);
        assertThat(edge.ask(PREFLIGHT).status()).isEqualTo(200);
        assertThat(edge.ask(PREFLIGHT).status()).isEqualTo(429);
    }

    /** A limit protects; observing the rules must not take it away. */
    @Test
    void itIsNeverObserved() throws Exception {
        limit(Policy.OBSERVE, LIMIT, null);
        get("192.0.2.1");
        get("192.0.2.1");
        assertThat(get("192.0.2.1").status()).isEqualTo(429);
        edge.record();
        edge.record();
        assertThat(edge.record().verdict()).isEqualTo(VerdictKind.DENY);
    }

    @Test
    void withEachTokenSoManyRequests() throws Exception {
        Guest one = edge.newGuest();
        Guest other = edge.newGuest();
        limit(Policy.ENFORCE, null, LIMIT);
        assertThat(message(one).status()).isEqualTo(200);
        assertThat(message(one).status()).isEqualTo(200);
        Answer refused = message(one);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.values("Retry-After")).containsExactly("3");
        assertThat(refused.body()).contains("limits.rate.perSession").doesNotContain(one.token());
        assertThat(message(other).status()).isEqualTo(200);
        edge.advance(Duration.ofMillis(2500));
        assertThat(message(one).status()).isEqualTo(200);
        assertThat(edge.api.seen).hasSize(4);
    }

    private Answer message(Guest guest) throws IOException {
        return edge.ask(Ask.message(
                "{\"guestId\":\"" + guest.guestId() + "\",\"text\":\"hi\"}", "Authorization: Bearer " + guest.token()));
    }

    @Test
    void aBodyThatIsNotReadEndsTheConnectionOrIsDrained() throws Exception {
        limit(Policy.ENFORCE, new RateLimit(1, Duration.ofHours(1), 1), null);
        try (WireClient client = edge.connect()) {
            assertThat(client.send(Ask.post("/plain", "abc")).read().status()).isEqualTo(200);
            assertThat(client.send(Ask.post("/plain", "abc")).read().status()).isEqualTo(429);
            assertThat(client.send(Ask.get("/plain")).read().status()).isEqualTo(429);
        }
    }
}
