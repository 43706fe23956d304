package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorsTest {
    private static final String PAGE = "https://chat.example.com";
    private static final Cors CORS = new Cors(Set.of(PAGE), false, 600);

    @ParameterizedTest
    @CsvSource({
        "Origin: https://chat.example.com, https://chat.example.com",
        "ORIGIN:   https://chat.example.com , https://chat.example.com",
        "Origin: null, 'null'",
        "Origin:, ",
        "Origin: https://a https://b, ",
        "'Origin: https://a,https://b', ",
        "'Origin: https://a\"b', ",
        "Origin: https://caf\u00e9, ",
        "X-Origin: https://a, ",
    })
    void readsOneOriginThatABrowserSends(String field, @Nullable String origin) throws Exception {
        assertThat(Cors.origin(head(field))).isEqualTo(origin);
        assertThat(Cors.origin(head(field + "\r\nOrigin: https://b")))
                .as("with a second one")
                .isEqualTo(field.startsWith("X-") ? "https://b" : null);
    }

    @Test
    void anOriginIsShort() throws Exception {
        String longest = "https://" + "a".repeat(248);
        assertThat(Cors.origin(head("Origin: " + longest))).isEqualTo(longest);
        assertThat(Cors.origin(head("Origin: " + longest + "a"))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://chat.example.com, true",
        "https://chat.example.com:443, false",
        "http://chat.example.com, false",
        "https://CHAT.example.com, false",
        "https://chat.example.com.evil.example, false",
        "'null', false",
    })
    void allowsWhatIsListed(String origin, boolean allowed) {
        assertThat(CORS.allows(origin)).isEqualTo(allowed);
        assertThat(CORS.fields(origin).isEmpty()).isEqualTo(!allowed);
        assertThat(new Cors(Set.of("*"), false, 0).allows(origin)).as("by *").isTrue();
    }

    @Test
    void namesTheOriginAndVariesByIt() {
        assertThat(CORS.fields(PAGE)).isEqualTo("Access-Control-Allow-Origin: " + PAGE + "\r\nVary: Origin\r\n");
        assertThat(new Cors(Set.of("*"), true, 0).fields(PAGE))
                .isEqualTo("Access-Control-Allow-Origin: " + PAGE
                        + "\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n");
    }

    @Test
    void answersAPreflight() throws Exception {
        String methods = "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n";
        String rest = "Access-Control-Max-Age: 600\r\n"
                + "Vary: Access-Control-Request-Method, Access-Control-Request-Headers\r\n";
        assertThat(CORS.preflight(head("Access-Control-Request-Headers: authorization, x-request-id"), PAGE))
                .isEqualTo(CORS.fields(PAGE) + methods + "Access-Control-Allow-Headers: authorization, x-request-id\r\n"
                        + rest);
        for (String field : new String[] {"X: y", "Access-Control-Request-Headers:"}) {
            assertThat(CORS.preflight(head(field), PAGE)).isEqualTo(CORS.fields(PAGE) + methods + rest);
        }
    }

    private static RequestHead head(String fields) throws Exception {
        byte[] bytes =
                ("OPTIONS / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return new HeadParser(100).request(bytes, bytes.length);
    }
}
