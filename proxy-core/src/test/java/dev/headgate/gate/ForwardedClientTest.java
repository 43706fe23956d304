package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.http.BadHead;
import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom X-Forwarded-For and Forwarded name, and whom nobody can make them name. */
class ForwardedClientTest {
    private static final ForwardedSettings SETTINGS = new ForwardedSettings(
            Stream.of("10.0.0.0/8", "2001:db8:a::/48").map(AddressRange::parse).toList(), ForwardedSettings.Write.NONE);
    private static final String PEER = "10.0.0.1";
    private static final int ROUNDS = 20_000;

    private static String client(String peer, List<String> fields) {
        byte[] bytes = ("GET / HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        try {
            RequestHead head = new HeadParser(100).request(bytes, bytes.length);
            return ForwardedClient.of(head, IpAddress.parse(peer), SETTINGS).toString();
        } catch (BadHead e) {
            throw new AssertionError(String.join("\n", fields), e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1 | 192.0.2.1",
                "192.0.2.9, 192.0.2.1 | 192.0.2.1",
                "192.0.2.1, 10.1.2.3 | 192.0.2.1",
                "192.0.2.9, 192.0.2.1,10.1.2.3 ,, 10.3.2.1 | 192.0.2.1",
                "10.1.2.3, 10.3.2.1 | 10.1.2.3",
                "192.0.2.1:4711 | 192.0.2.1",
                "2001:db8::1 | 2001:db8::1",
                "[2001:db8::1] | 2001:db8::1",
                "[2001:db8::1]:4711, 2001:db8:a::7 | 2001:db8::1",
                "::ffff:192.0.2.1 | 192.0.2.1",
                "192.0.2.1, unknown | 10.0.0.1",
                "192.0.2.1, unknown, 10.1.2.3 | 10.1.2.3",
                "192.0.2.1, 10.1.2.3:99999999 | 10.0.0.1",
                "192.0.2.1, [::1, 10.1.2.3 | 10.1.2.3",
                "192.0.2.1, [::1]x | 10.0.0.1",
                "'' | 10.0.0.1",
                "\"192.0.2.1\" | 10.0.0.1",
                "evil.example | 10.0.0.1",
            })
    void aListNames(String value, String client) {
        assertThat(client(PEER, List.of("X-Forwarded-For: " + value))).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "for=192.0.2.1 | 192.0.2.1",
                "For=\"192.0.2.1:4711\";proto=https;host=\"a,b\" | 192.0.2.1",
                "proto=https; for=192.0.2.1 ; by=_me | 192.0.2.1",
                "for=192.0.2.1:4711 | 192.0.2.1",
                "for=\"192.0.2.1:_hidden\" | 192.0.2.1",
                "for=\"[2001:db8::1]:80\", for=10.1.2.3;; | 2001:db8::1",
                "for=192.0.2.9, for=192.0.2.1, for=10.1.2.3 | 192.0.2.1",
                "for=192.0.2.1, for=unknown | 10.0.0.1",
                "for=192.0.2.1, for=_hidden, for=10.1.2.3 | 10.1.2.3",
                "for=192.0.2.1, proto=https | 10.0.0.1",
                "for=192.0.2.1;for=192.0.2.2 | 10.0.0.1",
                "for=\"192.0.2.1 | 10.0.0.1",
                "for=\"192.0.2\\.1\" | 10.0.0.1",
                "for=\", for=192.0.2.1 | 192.0.2.1",
                "for=\"\\\", for=\"192.0.2.1\" | 192.0.2.1",
                "for=\"192.0.2.1\"x | 10.0.0.1",
                "for 192.0.2.1 | 10.0.0.1",
                "for= | 10.0.0.1",
            })
    void elementsName(String value, String client) {
        assertThat(client(PEER, List.of("Forwarded: " + value))).isEqualTo(client);
    }

    @Test
    void linesAreOneList() {
        assertThat(client(PEER, List.of("X-Forwarded-For: 192.0.2.9, 192.0.2.1", "x-forwarded-for:10.1.2.3, 10.1.2.4")))
                .isEqualTo("192.0.2.1");
    }

    /** A hop that writes the one may let the other pass as its client sent it. */
    @Test
    void xForwardedForCountsBeforeForwarded() {
        assertThat(client(PEER, List.of("Forwarded: for=203.0.113.9", "X-Forwarded-For: 192.0.2.1")))
                .isEqualTo("192.0.2.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.77", "2001:db8:b::1", "11.0.0.1"})
    void aPeerThatIsNotTrustedIsTheClient(String peer) {
        assertThat(client(peer, List.of("X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9")))
                .isEqualTo(peer);
    }

    /**
     * Whatever the client writes, the hops behind it, each of which adds the address that it sees, are believed and
     * nobody else is.
     */
    @Test
    void nobodyNamesAnother() {
        Random random = new Random(3);
        for (int i = 0; i < ROUNDS; i++) {
            boolean list = random.nextBoolean();
            String client = random.nextBoolean() ? "192.0.2." + random.nextInt(256) : "2001:db8:c::1";
            List<String> hops = new ArrayList<>(List.of(client));
            int trusted = random.nextInt(3);
            for (int n = 0; n < trusted; n++) {
                hops.add(random.nextBoolean() ? "10.9.8." + n : "2001:db8:a::9");
            }
            String name = list ? "X-Forwarded-For: " : "Forwarded: ";
            List<String> members =
                    hops.stream().map(hop -> list ? hop : element(hop, random)).toList();
            String lie = lie(random);
            List<String> fields = random.nextBoolean()
                    ? List.of(name + lie + "," + String.join(", ", members))
                    : List.of(name + lie, name + String.join(",", members));
            assertThat(client(PEER, fields)).as("%s", fields).isEqualTo(client);
        }
    }

    /** Any bytes at all: it ends, throws nothing, and without a trusted peer changes nothing. */
    @Test
    void anyBytesWillDo() {
        Random random = new Random(4);
        for (int i = 0; i < ROUNDS; i++) {
            List<String> fields = List.of("Forwarded: " + lie(random), "Forwarded: " + lie(random));
            assertThat(client(PEER, fields)).isNotEmpty();
            assertThat(client(PEER, List.of("X-Forwarded-For: " + lie(random)))).isNotEmpty();
            assertThat(client("192.0.2.200", fields)).isEqualTo("192.0.2.200");
        }
    }

    private static String element(String hop, Random random) {
        boolean port = random.nextBoolean();
        String node = (hop.indexOf(':') < 0 ? hop : "[" + hop + "]") + (port ? ":4711" : "");
        String quoted = hop.indexOf(':') < 0 && !port ? node : '"' + node + '"';
        return switch (random.nextInt(3)) {
            case 0 -> "for=" + quoted;
            case 1 -> "for=" + quoted + ";host=\"a,\\\"b\\\\\";proto=http";
            default -> "proto=https;FOR=" + quoted;
        };
    }

    private static String lie(Random random) {
        String[] parts = {
            "for=",
            "\"",
            "\\",
            ",",
            ";",
            "10.0.0.1",
            "203.0.113.9",
            "[",
            "]",
            "::1",
            ":",
            "proto=",
            " ",
            "\t",
            "\u00e9",
            "=",
            "unknown",
            "_x",
            "x"
        };
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int n = 0; n < length; n++) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }
}
