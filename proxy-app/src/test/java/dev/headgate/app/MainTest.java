package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What is said of arguments that cannot be. */
class MainTest {
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.commandLine().setErr(new PrintWriter(err)).execute(args);
    }

    @Test
    void saysWhatIsMissingWithoutTheWholeUsage() {
        assertThat(run("replay", "chat.har")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "headgate: --target: missing (expected: http://HOST:PORT, or --offline)",
                        "headgate: see  headgate replay --help");
    }

    @Test
    void saysWhatExcludesEachOther() {
        assertThat(run("replay", "chat.har", "--rate", "3", "--fast")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("headgate: --rate=N, --fast are mutually exclusive (specify only one)"
                        + System.lineSeparator());
    }

    @Test
    void suggestsWhatWasMeant() {
        assertThat(run("replay", "chat.har", "--concurency", "3")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("headgate: Unknown option")
                .contains("--concurrency")
                .endsWith("headgate: see  headgate replay --help\n");
    }

    @Test
    void tellsTheCommandsWhereNoneIsGiven() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).startsWith("headgate: no command").contains("  replay ", "  export ");
    }
}
