package dev.headgate.bench;

import dev.headgate.http.BadHead;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadScanner;
import dev.headgate.http.RequestHead;
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

/**
 * What reading a typical head costs: a POST of a chat client, 12 fields. Run it with {@code -prof gc} for the bytes:
 * {@code java -cp (test class path) org.openjdk.jmh.Main HeadBenchmark -prof gc}.
 */
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
    private final HeadScanner scanner = new HeadScanner();
    private final HeadParser parser = new HeadParser(100);

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
}
