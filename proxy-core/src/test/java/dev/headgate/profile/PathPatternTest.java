package dev.headgate.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/b, true",
        "/a/b, /a/b/, true",
        "/a/b/, /a/b/, true",
        "/a/b, /a/b/c, false",
        "/a/b, /a/bc, false",
        "/a/b, /a, false",
        "/a/b, /A/b, false",
        "/a/**, /a, true",
        "/a/**, /a/, true",
        "/a/**, /a/b/c, true",
        "/a/**, /ab, false",
        "/**, /, true",
        "/**, /a, true",
        "/, /, true",
        "/, /a, false",
        "/a/{x}/c, /a/b/c, true",
        "/a/{x}/c, /a/b/c/, true",
        "/a/{x}/c, /a//c, false",
        "/a/{x}/c, /a/b/d, false",
        "/a/{x}, /a/b, true",
        "/a/{x}, /a/, false",
        "/a/{x}/**, /a/b/c/d, true",
        "/a/{x}/**, /a, false",
        "/a, '*', false"
    })
    void matches(String pattern, String path, boolean matches) {
        assertThat(PathPattern.of(pattern).matches(path)).isEqualTo(matches);
        assertThat(PathPattern.of(pattern)).hasToString(pattern);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "", "/*/a", "/a/**/b", "/a*"})
    void isRefused(String pattern) {
        assertThatThrownBy(() -> PathPattern.of(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("path pattern: " + pattern + " (expected: /literal/{variable}, with /** at the end only)");
    }
}
