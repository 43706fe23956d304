package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFingerprintTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 2", "-1, 1", "1311768467463790320, -81985529216486896"})
    void readsWhatItWrites(long low, long high) {
        TokenFingerprint fingerprint = new TokenFingerprint(low, high);
        String text = fingerprint.toString();
        assertThat(text).hasSize(32);
        assertThat(TokenFingerprint.parse(text)).isEqualTo(fingerprint);
        assertThat(TokenFingerprint.parse(text.toUpperCase(Locale.ROOT))).isEqualTo(fingerprint);
    }

    @Test
    void keepsTheOrderOfTheHalves() {
        assertThat(TokenFingerprint.parse("000000000000000a000000000000000b")).isEqualTo(new TokenFingerprint(10, 11));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0123456789abcdef0123456789abcde",
                "0123456789abcdef0123456789abcdef0",
                "0123456789abcdef-123456789abcdef",
                "+123456789abcdef0123456789abcdef",
                "0123456789abcdef0123456789abcdeg",
                "\u0660123456789abcdef0123456789abcde",
                "Zq7vM2xK9tB4nR6wY1cD8fG3hJ5lP0sA"
            })
    void refusesAnythingElseWithoutRepeatingIt(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenFingerprint.parse(text))
                .withMessage("value of " + text.length() + " characters (expected: 32 hexadecimal digits)");
    }
}
