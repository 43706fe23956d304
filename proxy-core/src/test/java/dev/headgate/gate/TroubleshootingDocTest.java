package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code docs/troubleshooting-403.md} names the codes that there are, and every one that a 401 or 403 can be about. */
class TroubleshootingDocTest {
    private static final Set<String> FAMILIES = Set.of("auth", "token", "session", "scope", "purpose", "org");
    private static final Set<String> CODES = Stream.<Finding>concat(
                    Arrays.stream(Reason.values()), Arrays.stream(Cause.values()))
            .map(Finding::code)
            .collect(Collectors.toUnmodifiableSet());

    private String page = "";

    @BeforeEach
    void read() throws Exception {
        page = Files.readString(Path.of("../docs/troubleshooting-403.md"));
    }

    @Test
    void namesNoCodeThatDoesNotExist() {
        String families =
                CODES.stream().map(TroubleshootingDocTest::family).distinct().collect(Collectors.joining("|"));
        // Genesys' own codes may begin alike, and have more parts.
        Matcher named = Pattern.compile("(?<![\\w./])(?:" + families + ")\\.[a-z_]++(?!\\.\\w|\\w)")
                .matcher(page);
        Set<String> found = new TreeSet<>();
        while (named.find()) {
            found.add(named.group());
        }
        assertThat(found).hasSizeGreaterThan(20).isSubsetOf(CODES);
    }

    @Test
    void namesEveryCodeThatMatters() {
        assertThat(CODES.stream()
                        .filter(code -> FAMILIES.contains(family(code)) || isCause(code))
                        .filter(code -> !page.contains("`" + code + "`")))
                .isEmpty();
    }

    @Test
    void hasARowAndASectionForEachCauseOfTheThread() {
        for (int cause = 1; cause <= 11; cause++) {
            assertThat(page).containsPattern("(?m)^\\| " + cause + " \\| .+ \\| .*`.+ \\| .+ \\|$");
            assertThat(page).containsPattern("(?m)^### " + cause + "\\. ");
        }
    }

    private static String family(String code) {
        return code.substring(0, code.indexOf('.'));
    }

    private static boolean isCause(String code) {
        return Arrays.stream(Cause.values()).anyMatch(cause -> cause.code().equals(code));
    }
}
