package dev.headgate.bench;

import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Gate;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Target;
import dev.headgate.gate.Verdict;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.FieldName;
import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Profile;
import dev.headgate.profile.Unreadable;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import dev.headgate.session.SessionRecorder;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the gate's decision on a guarded message costs, from the parsed head to the verdict: the credential's facts, the
 * rules of all three steps, the store (10,000 tokens) and the ids in a JSON body of about 1 KiB. {@code
 * bench/jmh GateBenchmark} runs it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class GateBenchmark {
    private static final int TOKENS = 10_000;
    private static final String IDS = "{\"guestId\":\"0c1d2e3f-0000-4000-8000-000000000001\","
            + "\"conversationId\":\"0c1d2e3f-0000-4000-8000-000000000002\",\"to\":{\"id\":\"queue\"},\"type\":\"text\",";

    /** One long text, as people write; or many members, as programs do. */
    @Param({"text", "members"})
    public String body = "text";

    private final KeyedHash hash = KeyedHash.random();
    private final CaffeineSessionStore store = new CaffeineSessionStore(TOKENS, InstantSource.system());
    private final Gate gate = new Gate(
            new GateSettings(
                    new Organization(FieldName.of("X-Genesys-Cloud-Id"), "org", false),
                    FieldName.of("x-request-id"),
                    true,
                    30_000,
                    5_000,
                    null),
            Checks.ALL);
    private final Profile profile = BuiltInProfiles.FORUM_GUEST;
    private final RequestHead head = head();
    private final Endpoint endpoint = Objects.requireNonNull(profile.endpoint(head.method(), head.path()));
    private final Target target = new Target(Policy.ENFORCE, profile, endpoint);
    private final TokenFingerprint[] tokens = new TokenFingerprint[TOKENS];
    private byte[] bytes = {};
    private long now;
    private int turn;

    private static RequestHead head() {
        byte[] bytes = ("POST /api/v2/guests/messages HTTP/1.1\r\n"
                        + "Host: api.mypurecloud.com\r\n"
                        + "Content-Length: 1024\r\n"
                        + "Authorization: Bearer 9sY1kqX2m4Zt7Wb0aQeRuIoPlKjHgFdSaZxCvBnM5000\r\n"
                        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0\r\n"
                        + "Content-Type: application/json\r\n"
                        + "Accept: application/json\r\n"
                        + "Origin: https://chat.example.com\r\n"
                        + "Accept-Encoding: gzip, deflate, br\r\n"
                        + "Accept-Language: en-GB,en;q=0.9\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        try {
            return new HeadParser(100).request(bytes, bytes.length);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Setup
    public void setUp() throws Exception {
        now = System.currentTimeMillis();
        SessionRecorder recorder = new SessionRecorder(hash, Duration.ofHours(1), Duration.ZERO);
        for (int i = 0; i < TOKENS; i++) {
            String guest = i == 5000 ? "0c1d2e3f-0000-4000-8000-000000000001" : "guest-" + i;
            String answer = "{\"guest_token\":\"9sY1kqX2m4Zt7Wb0aQeRuIoPlKjHgFdSaZxCvBnM" + i + "\",\"guestId\":\""
                    + guest + "\",\"conversationId\":\"0c1d2e3f-0000-4000-8000-000000000002\","
                    + "\"scope\":\"guest:chat guest:write\"}";
            Session session = recorder.learn(
                    profile,
                    Objects.requireNonNull(profile.endpoints().get(0).learns()),
                    "{\"purpose\":\"chat\"}".getBytes(StandardCharsets.UTF_8),
                    answer.getBytes(StandardCharsets.UTF_8),
                    now);
            store.put(session);
            tokens[i] = session.fingerprint();
        }
        StringBuilder json = new StringBuilder(IDS);
        if (body.equals("text")) {
            json.append("\"text\":\"").append("How do I change my order? ".repeat(33));
        } else {
            for (int i = 0; i < 42; i++) {
                json.append("\"attribute").append(i).append("\":\"").append(i).append("\",");
            }
            json.append("\"text\":\"");
        }
        bytes = json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
        if (decide() != Verdict.ALLOWED) {
            throw new IllegalStateException("verdict: " + decide() + " (expected: allowed)");
        }
    }

    @Benchmark
    public Verdict decide() throws Exception {
        Credential credential = Credential.of(head, hash);
        TokenFingerprint token = Objects.requireNonNull(Gate.token(head, endpoint, credential, hash));
        CheckRequest request = gate.request(head, target, credential, token, now);
        if (gate.head(request) != Verdict.ALLOWED) {
            return gate.head(request);
        }
        Session session = store.find(token).toCompletableFuture().getNow(null);
        CheckRequest known = request.with(session);
        Verdict verdict = gate.session(known);
        return verdict == Verdict.ALLOWED ? gate.content(gate.read(known, bytes)) : verdict;
    }

    /** Of another session each time, as under load: most of it is waiting for memory. */
    @Benchmark
    public Verdict sessionRules() {
        turn = (turn * 1_103_515_245 + 12_345) & Integer.MAX_VALUE;
        TokenFingerprint token = tokens[(turn >>> 8) % TOKENS];
        CheckRequest request = gate.request(head, target, Credential.ABSENT, token, now);
        return gate.session(request.with(store.find(token).toCompletableFuture().getNow(null)));
    }

    @Benchmark
    public Object readIds() throws Unreadable {
        return Objects.requireNonNull(endpoint.guards()).ids().selection().read(bytes, bytes.length);
    }

    @Benchmark
    public Verdict headRules() {
        Credential credential = Credential.of(head, hash);
        return gate.head(gate.request(head, target, credential, credential.fingerprint(), now));
    }
}
