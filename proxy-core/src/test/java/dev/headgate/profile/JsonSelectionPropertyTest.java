package dev.headgate.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is read from a random document is what was written into it. */
class JsonSelectionPropertyTest {
    private static final int DOCUMENTS = 20_000;

    @Test
    void readsWhatWasWritten() {
        Random random = new Random(7);
        int values = 0;
        int refused = 0;
        for (int n = 0; n < DOCUMENTS; n++) {
            RandomJson json = new RandomJson(random);
            List<String> pointers = pointers(json, random);
            byte[] text = json.text().getBytes(StandardCharsets.UTF_8);
            boolean readable = pointers.stream().allMatch(p -> json.at(p).readable());
            String document = new String(text, StandardCharsets.UTF_8);
            try {
                JsonValues read = JsonSelection.of(pointers).read(text, text.length);
                assertThat(readable)
                        .as("%s: is read, pointers %s", document, pointers)
                        .isTrue();
                for (String pointer : pointers) {
                    assertThat(read.get(pointer))
                            .as("%s: %s", document, pointer)
                            .isEqualTo(json.at(pointer).text());
                    values += read.get(pointer) == null ? 0 : 1;
                }
            } catch (Unreadable e) {
                assertThat(readable)
                        .as("%s: is refused with %s, pointers %s", document, e.what(), pointers)
                        .isFalse();
                refused++;
            }
        }
        assertThat(values).as("values read").isGreaterThan(DOCUMENTS);
        assertThat(refused).as("documents refused").isGreaterThan(DOCUMENTS / 100);
    }

    /** None of them on the way to another: a value cannot be text and have members. */
    private static List<String> pointers(RandomJson json, Random random) {
        List<String> pointers = new ArrayList<>();
        for (int n = 1 + random.nextInt(5); n > 0; n--) {
            String next = json.pointer();
            if (pointers.stream().noneMatch(p -> (p + "/").startsWith(next + "/") || next.startsWith(p + "/"))) {
                pointers.add(next);
            }
        }
        return pointers;
    }
}
