package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.session.Ending.Cause;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndingTest {
    @ParameterizedTest
    @CsvSource({
        "SUPERSEDED, SUPERSEDED, earlier",
        "SUPERSEDED, ENDED, second",
        "SUPERSEDED, REJECTED, second",
        "SUPERSEDED, REVOKED, second",
        "ENDED, SUPERSEDED, first",
        "ENDED, ENDED, earlier",
        "ENDED, REJECTED, first",
        "ENDED, REVOKED, second",
        "REJECTED, SUPERSEDED, first",
        "REJECTED, ENDED, first",
        "REJECTED, REJECTED, earlier",
        "REJECTED, REVOKED, second",
        "REVOKED, SUPERSEDED, first",
        "REVOKED, ENDED, first",
        "REVOKED, REJECTED, first",
        "REVOKED, REVOKED, earlier",
    })
    void ofTwoTheOneThatWeighsMoreStays(Cause first, Cause second, String kept) {
        for (long[] at : new long[][] {{10, 20}, {20, 10}, {10, 10}}) {
            Ending one = new Ending(first, at[0]);
            Ending other = new Ending(second, at[1]);
            Ending expected =
                    switch (kept) {
                        case "first" -> one;
                        case "second" -> other;
                        default -> new Ending(first, Math.min(at[0], at[1]));
                    };
            assertThat(one.or(other)).as("%s or %s", one, other).isEqualTo(expected);
            Session session = SessionStoreContract.session(1, "p", Map.of(), 0, 100);
            assertThat(session.ended(one).ended(other).ending())
                    .as("a session ended by %s, then by %s", one, other)
                    .isEqualTo(expected);
        }
    }
}
