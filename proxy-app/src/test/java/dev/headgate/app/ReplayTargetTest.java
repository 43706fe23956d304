package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.replay.ReplayTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a replay may go. */
class ReplayTargetTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://192.0.2.1:80      | not this machine (expected: a loopback address, or --allow-remote)
            https://0.0.0.0          | not this machine
            http://[2001:db8::1]     | not this machine
            ftp://127.0.0.1          | neither http nor https
            http://u:p@127.0.0.1     | neither http nor https with a host alone
            http://127.0.0.1/api     | more than a host and a port
            http://127.0.0.1?a=b     | more than a host and a port
            http://127.0.0.1:70000   | 1 to 65535
            127.0.0.1:80             | no URL
            """)
    void isRefused(String url, String why) {
        assertThatThrownBy(() -> ReplayTarget.of(url, false))
                .isInstanceOf(ReplayTarget.Unfit.class)
                .hasMessageStartingWith("--target: ")
                .hasMessageContaining(why);
    }

    @Test
    void mayBeAnotherMachineWhereThatIsAllowed() throws Exception {
        assertThat(ReplayTarget.of("https://192.0.2.1/", true)).hasToString("https://192.0.2.1");
        assertThat(ReplayTarget.of("http://[::1]:8080", false)).hasToString("http://[::1]:8080");
    }
}
