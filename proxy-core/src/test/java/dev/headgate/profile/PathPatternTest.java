package dev.headgate.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    private static final int PAIRS = 20_000;

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
    @ValueSource(strings = {"a", "", "/*/a", "/a/**/b", "/a*", "/a/***", "**", "/**/**"})
    void isRefused(String pattern) {
        assertThatThrownBy(() -> PathPattern.of(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("path pattern: " + pattern + " (expected: /literal/{variable}, with /** at the end only)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/{}",
                "/a/{",
                "/a/}",
                "/{a",
                "/a}",
                "/a{b}",
                "/{a}b",
                "/{a}-{b}",
                "/{a}{b}",
                "/{{a}}",
                "/}a{",
                "/{x}/{x}",
                "/{x}/a/{y}/{x}/**"
            })
    void refusesBracesAndNamesInTheWrongPlace(String pattern) {
        assertThatThrownBy(() -> PathPattern.of(pattern))
                .as(pattern)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("path pattern: " + pattern + " (expected: {variable} as a whole segment, each name once)");
    }

    @Test
    void namesItsVariablesInOrder() {
        PathPattern pattern = PathPattern.of("/a/{x}/b/{longName}/{y}/**");
        assertThat(pattern.variables()).containsExactly("x", "longName", "y");
        assertThat(pattern.position("x")).isEqualTo(1);
        assertThat(pattern.position("longName")).isEqualTo(3);
        assertThat(pattern.position("y")).isEqualTo(4);
        assertThat(pattern.position("a")).as("a literal").isEqualTo(-1);
        assertThat(PathPattern.of("/**").variables()).isEmpty();
        assertThat(PathPattern.of("/").variables()).isEmpty();
        assertThat(PathPattern.of("/{first}").position("first")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/{x}, /v, v",
        "/{x}, /v/, v",
        "/{x}/**, /v, v",
        "/{x}/**, /v/, v",
        "/{x}/**, /v/w/z, v",
        "/a/{x}, /a/v, v",
        "/a/{x}/, /a/v/, v",
        "/a/{x}/b, /a/v/b, v",
        "/a/{x}/b, /a/v/b/, v",
        "/a/{x}/b/**, /a/v/b/c, v",
        "/{y}/{x}, /u/v, v",
        "/{y}/{x}/{z}, /u/v/w, v",
        "/a/{x}, /a/a, a",
        "/a/{x}, /a/.v.;=%&?{}, .v.;=%&?{}",
        "/a/{x}/**, /a/\u00e9 \u20ac/b, \u00e9 \u20ac",
    })
    void tellsWhatStandsForAVariable(String pattern, String path, String value) {
        PathPattern made = PathPattern.of(pattern);
        assertThat(made.matches(path)).as("%s matches %s", pattern, path).isTrue();
        assertThat(made.value("x", path)).as("x of %s in %s", pattern, path).isEqualTo(value);
    }

    /** The last column is a path that the second one matches and the first one does not. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/a, /a, -",
                "/a, /b, /b",
                "/a, /a/b, /a/b",
                "/a/b, /a, /a",
                "/a, /a/**, /a/x",
                "/a, /a/, -",
                "/a/, /a, /a",
                "/a/**, /a, -",
                "/a/**, /a/, -",
                "/a/**, /a/b, -",
                "/a/**, /a/**, -",
                "/a/**, /a/b/**, -",
                "/a/b/**, /a/**, /a",
                "/a/**, /ab, /ab",
                "/**, /, -",
                "/**, /a/{x}/**, -",
                "/, /**, /x",
                "/, /, -",
                "/{x}, /a, -",
                "/{x}, /{y}, -",
                "/a, /{x}, /x",
                "/{x}, /, /",
                "/{x}/**, /, /",
                "/{x}/**, /**, /",
                "/{x}, /**, /",
                "/a/{x}, /a/, /a/",
                "/a/{x}, /a, /a",
                "/a/{x}/b, /a/c/b, -",
                "/a/{x}/b, /a/{y}/c, /a/x/c",
                "/a/{x}/b, /a/{y}/{z}, /a/x/x",
                "/a/{x}/**, /a/{y}/b/{z}/**, -",
                "/a/b/**, /a/{x}/**, /a/x",
                "/{x}/b, /a/b/, -",
            })
    void covers(String one, String other, String witness) {
        PathPattern a = PathPattern.of(one);
        PathPattern b = PathPattern.of(other);
        assertThat(a.covers(b)).as("%s covers %s", one, other).isEqualTo(witness == null);
        if (witness != null) {
            assertThat(b.matches(witness)).as("%s matches %s", other, witness).isTrue();
            assertThat(a.matches(witness)).as("%s matches %s", one, witness).isFalse();
        }
    }

    @Test
    void coveringMeansMatchingAll() {
        Random random = new Random(11);
        int covering = 0;
        int apart = 0;
        for (int n = 0; n < PAIRS; n++) {
            PathPattern a = PathPattern.of(pattern(random));
            PathPattern b = PathPattern.of(pattern(random));
            boolean all = true;
            for (int m = 0; m < 30; m++) {
                String path = path(b, random);
                assertThat(b.matches(path)).as("%s matches %s", b, path).isTrue();
                all &= a.matches(path);
                assertThat(all || !a.covers(b))
                        .as("%s covers %s, and does not match %s", a, b, path)
                        .isTrue();
            }
            covering += a.covers(b) ? 1 : 0;
            apart += all ? 0 : 1;
        }
        assertThat(covering).as("pairs where one covers the other").isGreaterThan(PAIRS / 20);
        assertThat(apart).as("pairs where a path tells them apart").isGreaterThan(PAIRS / 20);
    }

    private static String pattern(Random random) {
        StringBuilder pattern = new StringBuilder();
        for (int n = random.nextInt(4), i = 0; i < n; i++) {
            int roll = random.nextInt(4);
            pattern.append('/').append(roll < 2 ? "{v" + i + "}" : roll == 2 ? "a" : "b");
        }
        int end = random.nextInt(4);
        return pattern.append(end == 0 ? "/**" : end == 1 || pattern.isEmpty() ? "/" : "")
                .toString();
    }

    /** One that the pattern matches, as a request has it: without empty segments. */
    private static String path(PathPattern pattern, Random random) {
        String text = pattern.toString();
        boolean open = text.endsWith("/**");
        String fixed = open ? text.substring(0, text.length() - 3) : text;
        List<String> segments = new ArrayList<>();
        for (String segment : fixed.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(segment.startsWith("{") ? any(random) : segment);
            }
        }
        for (int more = open ? random.nextInt(4) : 0; more > 0; more--) {
            segments.add(any(random));
        }
        boolean slash = segments.isEmpty() || fixed.endsWith("/") || random.nextBoolean();
        return "/" + String.join("/", segments) + (slash && !segments.isEmpty() ? "/" : "");
    }

    private static String any(Random random) {
        return List.of("a", "b", "c", "{x}", "%").get(random.nextInt(5));
    }
}
