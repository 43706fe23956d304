package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a name before it calls a token is found, and prose is not. */
class TellingTextTest {
    private static List<String> found(String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        List<String> found = new ArrayList<>();
        TellingText.find(
                octets,
                0,
                octets.length,
                (from, to) -> found.add(new String(octets, from, to - from, StandardCharsets.UTF_8)));
        return found;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token=abcdefgh",
                "guest_token: abcdefgh",
                "{\"accessToken\" : \"abcdefgh\"}",
                "{\\\"jwt\\\":\\\"abcdefgh\\\"}",
                "<secret>abcdefgh</secret>",
                "password = abcdefgh",
                "PASSWD:abcdefgh",
                "apikey=abcdefgh&x=1",
                "api_key=abcdefgh",
                "X-Api-Key: abcdefgh",
                "Authorization: Bearer abcdefgh",
                "name=\"token\"\r\n\r\nabcdefgh\r\n--"
            })
    void whatItsNameTells(String text) {
        assertThat(found(text)).containsExactly("abcdefgh");
    }

    @ParameterizedTest
    @ValueSource(strings = {"the bearer a1b2c3d4 said", "Bearer abcdefghijklmnopqrst"})
    void whatStandsBehindTheScheme(String text) {
        assertThat(found(text)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a token of friendship",
                "the bearer announces himself",
                "token=short",
                "seven=abcdefgh",
                "content: abcdefgh",
                "{{token:00000000000000000000000000000000}}",
                "monkey=abcdefgh",
                "en",
                ""
            })
    void prose(String text) {
        assertThat(found(text)).isEmpty();
    }
}
