package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormsTest {
    @ParameterizedTest
    @CsvSource({
        "0,PT0S",
        "0s,PT0S",
        "250ms,PT0.25S",
        "15s,PT15S",
        "15m,PT15M",
        "2h,PT2H",
        "1d,PT24H",
        "007s,PT7S",
        "9223372036854775s,PT2562047788015H12M55S"
    })
    void durations(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
        assertThat(DurationText.parse(DurationText.of(expected))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"PT0S,0ms", "PT0.25S,250ms", "PT90S,90s", "PT90M,90m", "PT24H,1d", "PT25H,25h"})
    void durationsAreWrittenShort(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "15",
                "s",
                "-1s",
                "1.5s",
                "15 s",
                "15S",
                "1w",
                "15s ",
                "9223372036854776s",
                "9999999999999999999s",
                "١s"
            })
    void noDurations(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse(text))
                .withMessageStartingWith(Quoted.of(text) + " (expected: ");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "0B,0",
        "512B,512",
        "64KiB,65536",
        "1MiB,1048576",
        "1GiB,1073741824",
        "8589934591GiB,9223372035781033984"
    })
    void sizes(String text, long expected) {
        assertThat(SizeText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "64", "KiB", "-1B", "64KB", "64kib", "1 MiB", "1TiB", "8589934592GiB", "9999999999999999999B"
            })
    void noSizes(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SizeText.parse(text))
                .withMessageStartingWith(Quoted.of(text) + " (expected: ");
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0:8080,0.0.0.0,8080",
        "localhost:0,localhost,0",
        "[::1]:65535,::1,65535",
        "[::]:1,::,1",
        "chat-1.example.org:80,chat-1.example.org,80",
        "[::ffff:127.0.0.1]:80,::ffff:127.0.0.1,80"
    })
    void addresses(String text, String host, int port) {
        assertThat(Address.parse(text)).isEqualTo(new Address(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":80",
                "80",
                "localhost",
                "localhost:",
                "::1:80",
                "[::1]",
                "[::1:80",
                "[localhost]:80",
                "[]:80",
                "a:-1",
                "a:65536",
                "a:000080",
                "300.0.0.1:80",
                "1.2.3:80",
                "-a:80",
                "a..b:80",
                "a b:80",
                "*:80",
                "a/b:80",
                "u@a:80"
            })
    void noAddresses(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Address.parse(text))
                .withMessageStartingWith(Quoted.of(text) + " (expected: HOST:PORT");
    }

    @Test
    void inheritedSockets() {
        assertThat(Address.parseListener("systemd:edge.socket"))
                .isEqualTo(new Address("", 0, "edge.socket"))
                .hasToString("systemd:edge.socket");
        assertThat(Address.parseListener("[::1]:80")).isEqualTo(new Address("::1", 80));
        for (String text : List.of("systemd:", "systemd:a:b", "systemd:a b", "systemd:" + "n".repeat(256))) {
            assertThatIllegalArgumentException()
                    .as(text)
                    .isThrownBy(() -> Address.parseListener(text))
                    .withMessageContaining("(expected: systemd:NAME");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080,localhost,8080,localhost:8080,false",
        "https://api.mypurecloud.com,api.mypurecloud.com,443,api.mypurecloud.com,true",
        "https://api.mypurecloud.com:443,api.mypurecloud.com,443,api.mypurecloud.com,true",
        "http://[::1]:443,::1,443,[::1]:443,false"
    })
    void upstreams(URI url, String host, int port, String authority, boolean tls) {
        Config.Upstream upstream = new Config.Upstream(
                url,
                List.of(),
                false,
                Config.ProxyProtocol.NONE,
                null,
                new Config.Connections(1, 0),
                new Config.Ejection(0, Duration.ZERO, 0),
                null);
        assertThat(upstream.host()).isEqualTo(host);
        assertThat(upstream.port()).isEqualTo(port);
        assertThat(upstream.authority()).isEqualTo(authority);
        assertThat(upstream.https()).isEqualTo(tls);
    }

    @Test
    void variables() {
        Map<String, String> env = Map.of("A", "1", "EMPTY", "", "NESTED", "${A}");
        assertThat(EnvText.replace("x${A}y${A}", env)).isEqualTo("x1y1");
        assertThat(EnvText.replace("${A:-2}${B:-2}${EMPTY:-3}${EMPTY}${B:-}", env))
                .isEqualTo("123");
        assertThat(EnvText.replace("${NESTED}", env)).isEqualTo("${A}");
        assertThat(EnvText.replace("$A $ {} }", env)).isEqualTo("$A $ {} }");
    }

    @Test
    void nearestWord() {
        List<String> known = List.of("head", "fields", "checkedBody", "body");
        assertThat(Nearest.to("haed", known)).isEqualTo("head");
        assertThat(Nearest.to("checked-body", known)).isEqualTo("checkedBody");
        assertThat(Nearest.to("BODY", known)).isEqualTo("body");
        assertThat(Nearest.to("transport", known)).isNull();
        assertThat(Nearest.to("x".repeat(1_000_000), known)).isNull();
        assertThat(Nearest.to("", known)).isNull();
    }

    @Test
    void quotedIsOneSafeLine() {
        assertThat(Quoted.of("a\"\\\r\n\t\u001b[31m\u202ejpg\u0000ü"))
                .isEqualTo("\"a\\\"\\\\\\u{d}\\n\\t\\u{1b}[31m\\u{202e}jpg\\u{0}ü\"");
        assertThat(Quoted.of("x".repeat(81))).isEqualTo("\"" + "x".repeat(80) + "...\"");
    }
}
