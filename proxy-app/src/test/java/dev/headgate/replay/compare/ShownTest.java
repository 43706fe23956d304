package dev.headgate.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedField;
import dev.headgate.replay.RecordedRequest;
import dev.headgate.replay.RecordedResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is shown of an exchange has no credential of it, even one that looks like a word. */
class ShownTest {
    private static Shown shown(String target, RecordedField... fields) {
        return Shown.of(new RecordedRequest("GET", target, List.of(fields), RecordedBody.of(new byte[0])));
    }

    @Test
    void aTokenInThePath() {
        String target = "/api/v2/knowledge/guest/sessions/wordlike/documents";
        Shown shown = shown(target, new RecordedField("Authorization", "Bearer otherword"));

        assertThat(shown.target(target)).isEqualTo("/api/v2/knowledge/guest/sessions/[masked]/documents");
        assertThat(shown.text("of wordlike and otherword")).isEqualTo("of [masked] and [masked]");
    }

    @Test
    void aParameterOfASegment() {
        assertThat(shown("/").target("/a;token=wordlike/b")).isEqualTo("/a;token=[masked]/b");
    }

    @Test
    void aTokenBehindPercentEncoding() {
        Shown shown = shown("/", new RecordedField("Authorization", "Bearer otherword"));

        assertThat(shown.target("/a/%6ftherword/b")).isEqualTo("/[masked]");
        assertThat(shown.target("/a/%6fdd/b")).isEqualTo("/a/%6fdd/b");
        assertThat(shown.target("/a/%6/b")).isEqualTo("/[masked]");
    }

    @Test
    void aTokenThatAnAnswerBrings() {
        Shown shown = Shown.of(
                new RecordedExchange("a", 0, -1, null, null, null, null, answer("recorded"), false),
                answer("replayed"));

        assertThat(shown.text("from recorded to replayed")).isEqualTo("from [masked] to [masked]");
        assertThat(shown.value("echo", "replayed")).isEqualTo("\"[masked]\"");
    }

    private static RecordedResponse answer(String token) {
        String body = "{\"guest_token\":\"" + token + "\",\"echo\":\"" + token + "\"}";
        return new RecordedResponse(200, List.of(), RecordedBody.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aTokenAsTheMethod() {
        assertThat(Shown.method(new RecordedRequest("Zq7vM2xK9t", "/", List.of(), RecordedBody.NONE)))
                .isEqualTo("other");
        assertThat(Shown.method(new RecordedRequest("PROPFIND", "/", List.of(), RecordedBody.NONE)))
                .isEqualTo("PROPFIND");
    }
}
