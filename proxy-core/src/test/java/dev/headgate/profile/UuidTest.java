package dev.headgate.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UuidTest {
    private static final String LOWER = "0c1d2e3f-4a5b-4000-8c9d-abcdef012345";
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** Every character in every place: what the pattern takes is one, and nothing else. */
    @Test
    void isWhatThePatternTakes() {
        for (int at = 0; at < LOWER.length(); at++) {
            for (char c = 0; c < 0x200; c++) {
                String text = LOWER.substring(0, at) + c + LOWER.substring(at + 1);
                assertThat(Uuid.is(text))
                        .as("character %d at %d", (int) c, at)
                        .isEqualTo(FORM.matcher(text).matches());
            }
            assertThat(Uuid.is(LOWER.substring(0, at))).isFalse();
        }
        assertThat(Uuid.is(LOWER + "0")).isFalse();
    }

    @Test
    void canonicalIsLowerCaseForUuidsAlone() {
        assertThat(Uuid.canonical(LOWER)).isSameAs(LOWER);
        for (int at = 0; at < LOWER.length(); at++) {
            String one = LOWER.substring(0, at) + Character.toUpperCase(LOWER.charAt(at)) + LOWER.substring(at + 1);
            assertThat(Uuid.canonical(one)).isEqualTo(LOWER);
        }
        for (char capital = 'A'; capital <= 'F'; capital++) {
            String text = capital + LOWER.substring(1);
            assertThat(Uuid.canonical(text)).isEqualTo(Character.toLowerCase(capital) + LOWER.substring(1));
        }
        assertThat(Uuid.canonical("ABC")).isEqualTo("ABC");
        assertThat(Uuid.canonical("G" + LOWER.substring(1))).isEqualTo("G" + LOWER.substring(1));
    }
}
