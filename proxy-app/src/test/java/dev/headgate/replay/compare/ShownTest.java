package dev.headgate.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedField;
import dev.headgate.replay.RecordedRequest;
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
}
