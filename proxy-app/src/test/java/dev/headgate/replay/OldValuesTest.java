package dev.headgate.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where old values are found in a text, and what stands in their place. */
class OldValuesTest {
    private static final String GUEST = "0c1d2e3f-aaaa-4000-8000-000000000001";

    private final OldValues values = new OldValues(1 << 20);

    private OldValue learned(String old, String replacement) {
        OldValue value = values.of(old, true);
        value.learn(replacement);
        return value;
    }

    private String filled(String text, Encoding encoding) {
        return values.holes(text, encoding).filled();
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN,Bearer tok+en/9f86==,Bearer new/\"value+",
        "PERCENT,/a?t=tok%2Ben%2f9f86%3D%3D&x=%zz+,/a?t=new%2F%22value%2B&x=%zz+",
        "PERCENT,/a?t=tok+en/9f86==,/a?t=new%2F%22value%2B",
        "JSON,{\\u0022t\\u0022:'tok+en\\/9f86=='},{\\u0022t\\u0022:'new/\\\"value+'}",
        "JSON,'\\u0074ok+en/9f86==\\n','new/\\\"value+\\n'",
        "PERCENT,a%2Ftok%2ben/9f86==%2Fb,a%2Fnew%2F%22value%2B%2Fb",
    })
    void standsInTheSpellingOfItsPlace(Encoding encoding, String before, String after) {
        learned("tok+en/9f86==", "new/\"value+");

        assertThat(filled(before, encoding)).isEqualTo(after);
    }

    @Test
    void theLongestCounts() {
        learned("guest-1234", "A");
        learned("guest-1234-5678", "B");

        assertThat(filled("guest-1234 guest-1234-5678 guest-1234-5679", Encoding.PLAIN))
                .isEqualTo("A B A-5679");
    }

    @Test
    void anIdInsideOfAnotherWordStays() {
        learned("guest123", "A");

        assertThat(filled("guest1234 xguest123 guest123 x-guest123/y", Encoding.PLAIN))
                .isEqualTo("guest1234 xguest123 A x-A/y");
    }

    @Test
    void aUuidIsTheSameInEitherCase() {
        learned(GUEST, "A");

        assertThat(filled("x " + GUEST.toUpperCase(java.util.Locale.ROOT), Encoding.PLAIN))
                .isEqualTo("x A");
        assertThat(filled("TOKENABCD", Encoding.PLAIN)).isEqualTo("TOKENABCD");
    }

    @Test
    void aShortValueIsFoundAsAWord() {
        learned("1042", "77");

        assertThat(filled("{\"id\":\"1042\",\"n\":\"10421\"}", Encoding.JSON))
                .isEqualTo("{\"id\":\"77\",\"n\":\"10421\"}");
    }

    @Test
    void aPlaceholderThatNobodyTeachesBecomesTheSameStandInEachTime() {
        String fingerprint = "9f86d081884c7d659a2feaa0c55ad015";

        String once =
                filled("Bearer {{token:" + fingerprint + "}} {{id:" + fingerprint + "}} {{masked}}", Encoding.PLAIN);

        assertThat(once)
                .isEqualTo(
                        "Bearer headgate-unknown-" + fingerprint + " 9f86d081-884c-8d65-8a2f-eaa0c55ad015 {{masked}}");
        assertThat(new OldValues(1 << 20)
                        .holes("{{token:" + fingerprint + "}}", Encoding.PLAIN)
                        .filled())
                .isEqualTo("headgate-unknown-" + fingerprint);
    }

    @Test
    void nothingChangesWhereNothingIsKnown() {
        String text = "{\"a\\u00e9\\/\\q\":\"%41\\\\\"} \u00e9\u0130\ud83d\ude00";

        for (Encoding encoding : Encoding.values()) {
            assertThat(filled(text, encoding)).isEqualTo(text);
        }
        learned("somethingElse", "A");
        for (Encoding encoding : Encoding.values()) {
            assertThat(filled(text, encoding)).isEqualTo(text);
        }
        assertThat(filled("\u0130\u0130 somethingElse \ud83d\ude00", Encoding.JSON))
                .isEqualTo("\u0130\u0130 A \ud83d\ude00");
    }

    @Test
    void whatWasNotSeenForLongestIsForgotten() {
        OldValues few = new OldValues(3 * 450);
        few.of("token-1", true).learn("A");
        few.of("token-2", true).learn("B");
        few.of("token-3", true).learn("C");
        assertThat(few.holes("token-1", Encoding.PLAIN).filled()).isEqualTo("A");

        few.of("token-4", true).learn("D");

        assertThat(few.holes("token-1 token-2 token-3 token-4", Encoding.PLAIN).filled())
                .isEqualTo("A token-2 C D");
        assertThat(few.size()).isEqualTo(3);
    }
}
