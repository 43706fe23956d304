package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/reasons.md} has one row for each reason and each cause, and says what the code does. */
class ReasonsDocTest {
    private record Row(int status, boolean observable, String title, String advice) {}

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z._]+)` \\| (\\d{3}) \\| (yes|no) \\| (.+?) \\| (.+?) \\|$");

    @Test
    void isComplete() throws Exception {
        Map<String, Row> rows = new HashMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../docs/reasons.md")));
        while (row.find()) {
            Row last = rows.put(
                    row.group(1),
                    new Row(Integer.parseInt(row.group(2)), row.group(3).equals("yes"), row.group(4), row.group(5)));
            assertThat(last).as(row.group(1)).isNull();
        }
        Map<String, Row> reasons = new HashMap<>();
        for (Reason reason : Reason.values()) {
            reasons.put(
                    reason.code(), new Row(reason.status(), reason.isObservable(), reason.title(), reason.advice()));
        }
        assertThat(rows).isEqualTo(reasons);
    }

    /** The other table has four columns: code, title, advice, and when it is said. */
    @Test
    void hasEveryCause() throws Exception {
        Map<String, List<String>> rows = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/reasons.md"))) {
            String[] cells = line.split(" \\| ", -1);
            if (line.startsWith("| `") && cells.length == 4) {
                assertThat(cells[3]).as(line).endsWith(" |").hasSizeGreaterThan(10);
                List<String> last = rows.put(cells[0].substring(2), List.of(cells[1], cells[2]));
                assertThat(last).as(line).isNull();
            }
        }
        Map<String, List<String>> causes = new HashMap<>();
        for (Cause cause : Cause.values()) {
            causes.put("`" + cause.code() + "`", List.of(cause.title(), cause.advice()));
        }
        assertThat(rows).isEqualTo(causes);
    }

    /** They stand in quoted strings of fields (RFC 6750 section 3: no quotation mark, no backslash). */
    @Test
    void titlesFitIntoAField() {
        for (Reason reason : Reason.values()) {
            assertThat(reason.title()).matches("[ -~&&[^\"\\\\]]+");
        }
    }
}
