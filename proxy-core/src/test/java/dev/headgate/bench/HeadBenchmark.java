package dev.headgate.bench;

import dev.headgate.gate.GateSettings;
import dev.headgate.gate.HeadRewriter;
import dev.headgate.gate.HeadRewriter.RequestEdit;
import dev.headgate.gate.HeadRewriter.ResponseEdit;
import dev.headgate.gate.Organization;
import dev.headgate.http.BadHead;
import dev.headgate.http.FieldName;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadScanner;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.RequestHead;
import dev.headgate.http.ResponseHead;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a typical head costs: a POST of a chat client, 12 fields, and an answer. {@code bench/jmh HeadBenchmark} runs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class HeadBenchmark {
    private final byte[] head = ("POST /api/v2/guests/messages HTTP/1.1\r\n"
                    + "Host: api.mypurecloud.com\r\n"
                    + "Connection: keep-alive\r\n"
                    + "Content-Length: 118\r\n"
                    + "Authorization: Bearer 9sY1kqX2m4Zt7Wb0aQeRuIoPlKjHgFdSaZxCvBnM\r\n"
                    + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0\r\n"
                    + "Content-Type: application/json\r\n"
                    + "Accept: application/json\r\n"
                    + "Origin: https://chat.example.com\r\n"
                    + "Referer: https://chat.example.com/support\r\n"
                    + "Accept-Encoding: gzip, deflate, br\r\n"
                    + "Accept-Language: en-GB,en;q=0.9\r\n"
                    + "X-Forwarded-For: 203.0.113.7\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    private static final int TOKEN = 130;
    private static final RequestEdit TO_UPSTREAM = new RequestEdit(
            "01a21239-8bce-7ff6-adc4-674defe3a6cb",
            false,
            "api.mypurecloud.de".getBytes(StandardCharsets.US_ASCII),
            false,
            false,
            null,
            false);
    private static final ResponseEdit TO_CLIENT =
            new ResponseEdit("01a21239-8bce-7ff6-adc4-674defe3a6cb", Framing.NONE, false, false, false, "", false);

    private final byte[] answer = ("HTTP/1.1 200 OK\r\n"
                    + "Content-Type: application/json\r\n"
                    + "Content-Length: 1024\r\n"
                    + "Connection: keep-alive\r\n"
                    + "Date: Wed, 25 Nov 2026 16:00:00 GMT\r\n"
                    + "Cache-Control: no-cache, no-store\r\n"
                    + "ININ-Correlation-Id: 0c1d2e3f-0000-4000-8000-000000000001\r\n"
                    + "Via: 1.1 0123456789abcdef.cloudfront.net (CloudFront)\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    private final KeyedHash hash = KeyedHash.random();
    private final HeadRewriter rewriter = new HeadRewriter(new GateSettings(
            new Organization(FieldName.of("X-Genesys-Cloud-Id"), "org", false),
            FieldName.of("x-request-id"),
            true,
            30_000,
            5_000,
            null));
    private final HeadWriter out = new HeadWriter();
    private final RequestHead request = request();
    private final ResponseHead response = response();
    private final HeadScanner scanner = new HeadScanner();
    private final HeadParser parser = new HeadParser(100);

    private RequestHead request() {
        try {
            return new HeadParser(100).request(head, head.length);
        } catch (BadHead e) {
            throw new IllegalStateException(e);
        }
    }

    private ResponseHead response() {
        try {
            return new HeadParser(100).response(answer, answer.length);
        } catch (BadHead e) {
            throw new IllegalStateException(e);
        }
    }

    @Benchmark
    public int scan() throws BadHead {
        scanner.reset();
        return scanner.scan(head, head.length);
    }

    @Benchmark
    public RequestHead scanAndParse() throws BadHead {
        scanner.reset();
        return parser.request(head, scanner.scan(head, head.length));
    }

    @Benchmark
    public Framing scanParseAndFrame() throws BadHead {
        return Framing.of(scanAndParse());
    }

    @Benchmark
    public TokenFingerprint fingerprint() {
        return hash.fingerprint(head, TOKEN, TOKEN + 40);
    }

    @Benchmark
    public Credential credential() {
        return Credential.of(request, hash);
    }

    @Benchmark
    public HeadWriter rewriteRequest() {
        out.reset();
        rewriter.request(request, TO_UPSTREAM, out);
        return out;
    }

    @Benchmark
    public HeadWriter rewriteResponse() {
        out.reset();
        rewriter.response(response, TO_CLIENT, out);
        return out;
    }
}
