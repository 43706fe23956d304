package dev.headgate.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.session.KeyedHash;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found in texts. */
class CaptureMaskTest {
    private static final String TOKEN = "Zq7vM2xK9tB4nR6wY1cD8fG3hJ5lP0sA";

    private final Secrets secrets = new Secrets(new KeyedHash(1, 2));
    private final JsonMembers json = new JsonMembers(secrets);
    private final Redactions found = new Redactions();

    @BeforeEach
    void clear() {
        secrets.clear();
    }

    private static String anonymous(byte[] text) {
        return new String(text, UTF_8).replaceAll("[0-9a-f]{32}}}", "}}");
    }

    private String members(String text, List<String> pointers) {
        byte[] bytes = text.getBytes(UTF_8);
        MemberNames names = new MemberNames(BuiltInProfiles.WEBCHAT_V2, List.of("nick"));
        json.find(bytes, bytes.length, names, pointers, found);
        return anonymous(found.apply(bytes, 0, bytes.length));
    }

    private String swept(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        secrets.find(bytes, 0, bytes.length, true, found);
        return anonymous(found.apply(bytes, 0, bytes.length));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":{"id":"x1","b":[{"memberId" : 42}]},"id":null}  | {"a":{"id":"{{id:}}","b":[{"memberId" : "{{id:}}"}]},"id":null}
            {"jwt":"a b","accessToken":"","tokenType":"bearer"}  | {"jwt":"{{token:}} {{token:}}","accessToken":"","tokenType":"bearer"}
            {"token":"[REDACTED]","x":{"token":{"v":"secret"}}}  | {"token":"[REDACTED]","x":{"token":{"v":"{{token:}}"}}}
            {"nick":{"deep":["a",1,true]},"after":"a"}           | {"nick":{"deep":["{{masked}}","{{masked}}",true]},"after":"a"}
            {"tokens":["a","b"],"text":"id"}                     | {"tokens":["{{token:}}","{{token:}}"],"text":"id"}
            {"token":"cut in the mid                             | {"token":"{{token:}} {{token:}} {{token:}} {{token:}}
            data: {"id":"e1"} "quote                             | data: {"id":"{{id:}}"} "quote
            {"password":123456,"Authorization":"Bearer abc"}     | {"password":"{{masked}}","Authorization":"Bearer {{token:}}"}
            {"a\\u0062":"hidden"}                                | {"a\\u0062":"{{token:}}"}
            """)
    void membersByTheirNames(String text, String masked) {
        assertThat(members(text, List.of())).isEqualTo(masked);
    }

    @Test
    void aTokenByItsPlace() {
        assertThat(members("{\"code\":\"c\",\"b\":{\"code\":\"d\"}}", List.of("/b/code")))
                .isEqualTo("{\"code\":\"c\",\"b\":{\"code\":\"{{token:}}\"}}");
        found.clear();
        assertThat(members("{\"code\":\"c\",\"b\":{\"code\":\"d\"}}", List.of("/code")))
                .isEqualTo("{\"code\":\"{{token:}}\",\"b\":{\"code\":\"d\"}}");
    }

    @Test
    void aLineEndEndsAString() {
        assertThat(members("5\" disk\n{\"id\":\"a\"}", List.of())).isEqualTo("5\" disk\n{\"id\":\"{{id:}}\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            see Zq7vM2xK9tB4nR6wY1cD8fG3hJ5lP0sA.           | see {{token:}}.
            see eyJhbGciOiJ.eyJzdWIiOiIx.c2lnbmF0dXJl       | see {{token:}}
            5f0c1e52-7d0a-4b8e-9c55-0d6c5f1f7a10            | 5f0c1e52-7d0a-4b8e-9c55-0d6c5f1f7a10
            Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 | Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36
            screenshot-2026-11-25-at-10.jpg                 | screenshot-2026-11-25-at-10.jpg
            application/vnd.genesys.v2+json                 | application/vnd.genesys.v2+json
            internationalisation                            | internationalisation
            X-Request-Id, Access-Control-Allow-Origin       | X-Request-Id, Access-Control-Allow-Origin
            Zq7vM2xK9t-B4nR6wY1cD8f_G3hJ5lP0sA              | {{token:}}
            """)
    void whatLooksLikeAToken(String text, String masked) {
        assertThat(swept(text)).isEqualTo(masked);
    }

    @Test
    void whatIsKnownInAnyCaseAndBehindEscapes() {
        var unused = secrets.id("5F0C1E52-7d0a-4b8e-9c55-0d6c5f1f7a10");
        unused = secrets.token("pass word/1");
        assertThat(swept("guest_5f0c1e52-7d0a-4b8e-9c55-0d6c5f1f7a10_x")).isEqualTo("guest_{{id:}}_x");
        found.clear();
        assertThat(swept("5F0C1E52-7D0A-4B8E-9C55-0D6C5F1F7A10,")).isEqualTo("{{id:}},");
        found.clear();
        assertThat(swept("a 5%660c1e52-7d0a-4b8e-9c55-0d6c5f1f7a10 b")).isEqualTo("a {{masked}} b");
        found.clear();
        assertThat(swept("my pass word/1!")).isEqualTo("{{masked}}");
    }

    @Test
    void credentials() {
        for (String[] each : List.of(
                new String[] {"Bearer " + TOKEN, "Bearer {{token:}}"},
                new String[] {"bearer  " + TOKEN + " x", "bearer  {{token:}} {{token:}}"},
                new String[] {TOKEN, "{{token:}}"},
                new String[] {"Bearer", "Bearer"},
                new String[] {"Bearer undefined", "Bearer undefined"},
                new String[] {"[REDACTED]", "[REDACTED]"})) {
            byte[] text = each[0].getBytes(UTF_8);
            found.clear();
            secrets.credential(text, 0, text.length, found);
            assertThat(anonymous(found.apply(text, 0, text.length))).isEqualTo(each[1]);
        }
    }
}
