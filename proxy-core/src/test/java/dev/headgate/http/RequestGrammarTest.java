package dev.headgate.http;

import static dev.headgate.http.BadHead.Fault.FOLDED_AUTHORIZATION;
import static dev.headgate.http.BadHead.Fault.MALFORMED;
import static dev.headgate.http.BadHead.Fault.TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.http.BadHead.Fault;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule of the grammar: bytes that break it, and their next of kin that do not. */
class RequestGrammarTest {
    record Rule(String name, Fault fault, String refused, String accepted) {
        @Override
        public String toString() {
            return name + ": " + refused;
        }
    }

    private static Rule line(String name, String refused, String accepted) {
        return new Rule(name, MALFORMED, refused + "\r\nHost: a\r\n\r\n", accepted + "\r\nHost: a\r\n\r\n");
    }

    private static Rule target(String name, String refused, String accepted) {
        return line(name, "GET " + refused + " HTTP/1.1", "GET " + accepted + " HTTP/1.1");
    }

    private static Rule field(String name, String refused, String accepted) {
        return fields(name, MALFORMED, refused, accepted);
    }

    private static Rule fields(String name, Fault fault, String refused, String accepted) {
        String line = "GET / HTTP/1.1\r\n";
        return new Rule(name, fault, line + refused + "\r\n\r\n", line + accepted + "\r\n\r\n");
    }

    static Stream<Rule> rules() {
        return Stream.of(
                line("no method", " / HTTP/1.1", "X / HTTP/1.1"),
                line("a method is a token", "G@T / HTTP/1.1", "G!T / HTTP/1.1"),
                line("a method is ASCII", "G\u00c9T / HTTP/1.1", "get / HTTP/1.1"),
                line("longest method", "M".repeat(33) + " / HTTP/1.1", "M".repeat(32) + " / HTTP/1.1"),
                line("blank before the method", " GET / HTTP/1.1", "GET / HTTP/1.1"),
                line("one space after the method", "GET  / HTTP/1.1", "GET / HTTP/1.1"),
                line("a tab is no space", "GET\t/ HTTP/1.1", "GET / HTTP/1.1"),
                line("one space before the version", "GET /  HTTP/1.1", "GET / HTTP/1.1"),
                line("blank after the version", "GET / HTTP/1.1 ", "GET / HTTP/1.1"),
                line("method alone", "GET", "GET / HTTP/1.1"),
                line("no version", "GET /", "GET / HTTP/1.0"),
                line("empty version", "GET / ", "GET / HTTP/1.0"),
                line("HTTP/0.9", "GET / HTTP/0.9", "GET / HTTP/1.0"),
                line("HTTP/1.2", "GET / HTTP/1.2", "GET / HTTP/1.1"),
                line("HTTP/2.0", "GET / HTTP/2.0", "GET / HTTP/1.1"),
                line("HTTP/1.10", "GET / HTTP/1.10", "GET / HTTP/1.1"),
                line("HTTP/1", "GET / HTTP/1", "GET / HTTP/1.1"),
                line("HTTP/1.", "GET / HTTP/1.", "GET / HTTP/1.1"),
                line("the version has its case", "GET / http/1.1", "GET / HTTP/1.1"),
                line("another protocol", "GET / RTSP/1.0", "GET / HTTP/1.0"),
                line("NUL in the line", "GET /\0 HTTP/1.1", "GET /%01 HTTP/1.1"),
                line("CONNECT", "CONNECT a:443 HTTP/1.1", "CONNECTED / HTTP/1.1"),
                line("asterisk", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1"),
                line("asterisk alone", "OPTIONS *x HTTP/1.1", "OPTIONS /*x HTTP/1.1"),
                target("authority-form", "a:443", "/a:443"),
                target("no slash", "a/b", "/a/b"),
                target("another scheme", "ftp://a/", "http://a/"),
                target("a scheme like http", "httpx://a/", "HTTPS://a/"),
                target("scheme alone", "http:", "http://a"),
                target("one slash", "http:/a", "http://a"),
                target("no authority", "http://", "http://a"),
                target("empty authority with a path", "http:///a", "http://a/a"),
                target("empty authority with a query", "http://?a", "http://a?a"),
                target("fragment", "/a#b", "/a%23b"),
                target("fragment in the query", "/a?b#c", "/a?b%23c"),
                target("octets above ASCII", "/caf\u00e9", "/caf%c3%a9"),
                target("octets above ASCII in the query", "/?caf\u00e9", "/?caf%e9"),
                target("DEL", "/a\u007f", "/a%7f"),
                target("query before a path", "?a", "/?a"),
                target("backslash", "/a\\b", "/a?\\b"),
                target("escaped backslash", "/a%5cb", "/a?%5cb"),
                target("escaped slash", "/a%2Fb", "/a?%2Fb"),
                target("escaped slash in lower case", "/a%2fb", "/a/b"),
                target("escaped NUL", "/a%00", "/a?%00"),
                target("half an escape", "/a%4", "/a%41"),
                target("percent sign at the end", "/a%", "/a%25"),
                target("no digits", "/a%zz", "/a?%zz"),
                target("dot segment", "/a/./b", "/a/.b"),
                target("dot segment at the end", "/a/.", "/a/..."),
                target("dot segment at the start", "/./a", "/.a"),
                target("two dots", "/a/../b", "/a/..b"),
                target("two dots at the end", "/a/..", "/a/b.."),
                target("escaped dots", "/a/%2e%2E/b", "/a/%2e%2Eb"),
                target("one escaped dot", "/a/.%2e", "/a/.%2ea"),
                target("dots behind an empty segment", "/a//../b", "/a//b"),
                target("dots behind a parameter", "/a;x/../b", "/a;x/b"),
                target("dots with a parameter", "/a/..;x/b", "/a/..a;x/b"),
                target("a segment of parameters, then dots", "/a/;x/../b", "/a/;x/b"),
                target("dots in an absolute-form", "http://a/../b", "http://a/b"),
                target("overlong slash", "/a%c0%afb", "/a%c3%a9b"),
                target("overlong dots", "/%c0%ae%c0%ae/b", "/%c0/b"),
                target("overlong slash of three octets", "/a%e0%80%afb", "/a%e2%82%ac"),
                target("overlong slash of four octets", "/a%f0%80%80%afb", "/a%f0%9f%98%80"),
                field("whitespace before the colon", "X : b", "X: b"),
                field("tab before the colon", "X\t: b", "X:\tb"),
                field("no colon", "Xb", "Xb:"),
                field("empty name", ": b", "b:"),
                field("blank in a name", "X Y: b", "X-Y: b"),
                field("parenthesis in a name", "X(Y): b", "X|Y~: b"),
                field("octet above ASCII in a name", "X\u00e9: b", "X: \u00e9"),
                field("control octet in a name", "X\u0001: b", "X: b"),
                field("NUL in a value", "X: a\0b", "X: a\tb"),
                field("control octet in a value", "X: a\u0001b", "X: a\u0080b"),
                field("vertical tab", "X: a\u000bb", "X: a\u00ffb"),
                field("DEL in a value", "X: a\u007fb", "X: a~b"),
                field("CR alone in a value", "X: a\rb", "X: ab"),
                field("CR twice", "X: a\r\r\nY: b", "X: a\r\nY: b"),
                field("LF alone", "X: a\nY: b", "X: a\r\nY: b"),
                field("obs-fold", "X: a\r\n b", "X: a\r\nb:"),
                field("obs-fold with a tab", "X: a\r\n\tb", "X: a\t b"),
                field("blank line that is not empty", "X: a\r\n ", "X: a "),
                field("obs-fold on the request line", " X: a", "X: a"),
                field("obs-fold behind Authorization's neighbour", "Authorization: x\r\nX: a\r\n b", "X: a\r\nb:"),
                fields(
                        "obs-fold of Authorization",
                        FOLDED_AUTHORIZATION,
                        "authorization: x\r\n y",
                        "Authorization: x y"),
                fields(
                        "Authorization, its value in the second line",
                        FOLDED_AUTHORIZATION,
                        "Authorization:\r\n\ty",
                        "Authorization:\ty"),
                fields("too many fields", TOO_LARGE, "X: a\r\n".repeat(20) + "X: a", "X: a\r\n".repeat(19) + "X: a"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void refusesWhatBreaksTheRule(Rule rule) {
        Connection.Result result = Connection.read(Samples.bytes(rule.refused));
        assertThat(result.fault()).isEqualTo(rule.fault);
        assertThat(result.messages()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void acceptsItsNextOfKin(Rule rule) {
        Connection.Result result = Connection.read(Samples.bytes(rule.accepted));
        assertThat(result.fault()).isNull();
        assertThat(result.messages()).hasSize(1).allMatch(Message::complete);
    }

    @Test
    void refusesEveryControlOctetAnywhere() {
        byte[] good = Samples.bytes("GET /abc HTTP/1.1\r\nHost: a b\r\n\r\n");
        for (int at = 0; at < good.length; at++) {
            for (int octet = 0; octet < 0x80; octet++) {
                boolean control = octet < ' ' && octet != '\t' && octet != '\r' && octet != '\n' || octet == 0x7f;
                if (control) {
                    byte[] bytes = Arrays.copyOf(good, good.length);
                    bytes[at] = (byte) octet;
                    assertThat(Connection.read(bytes).fault())
                            .as("octet %d at %d", octet, at)
                            .isEqualTo(MALFORMED);
                }
            }
        }
    }

    @Test
    void refusesAtOnceWhatNoLaterByteCanMend() {
        assertThat(Connection.read(Samples.bytes("GET / HTTP/1.1\nHost")).fault())
                .isEqualTo(MALFORMED);
        assertThat(Connection.read(Samples.bytes("\u0016\u0003\u0001")).fault()).isEqualTo(MALFORMED);
        assertThat(Connection.read(Samples.bytes("GET / HTTP/1.1\r")).fault()).isNull();
    }

    @Test
    void passesOverEmptyLinesBeforeARequest() {
        assertThat(Connection.read(Samples.bytes("\r\n\r\nGET / HTTP/1.1\r\n\r\n"))
                        .messages())
                .hasSize(1);
    }

    @Test
    void namesWhatIsWrongButNoValue() throws BadHead {
        String secret = "s3cr3t";
        for (Rule rule : rules().toList()) {
            String head = rule.refused
                    .replace("X: a", "X: " + secret)
                    .replace("Authorization: x", "Authorization: " + secret);
            try {
                byte[] bytes = Samples.bytes(head);
                new HeadParser(20).request(bytes, new HeadScanner().scan(bytes, bytes.length));
            } catch (BadHead e) {
                assertThat(e.getMessage()).isNotEmpty().doesNotContain(secret);
                continue;
            }
            throw new AssertionError(rule.name);
        }
    }
}
