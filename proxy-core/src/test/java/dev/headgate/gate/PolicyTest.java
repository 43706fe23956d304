package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Verdict.Allow;
import dev.headgate.gate.Verdict.Deny;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyTest {
    @ParameterizedTest
    @EnumSource
    void observesWhatMayBeObserved(Reason reason) {
        Deny deny = new Deny(reason, "what");
        assertThat(Policy.OBSERVE.verdict(deny)).isEqualTo(reason.isObservable() ? new Allow(deny) : deny);
        assertThat(Policy.ENFORCE.verdict(deny)).isEqualTo(reason.isAdvice() ? new Allow(deny) : deny);
        Policy one = new Policy(false, Set.of(reason));
        assertThat(one.verdict(deny)).isEqualTo(reason.isObservable() ? new Allow(deny) : deny);
        Policy others = new Policy(false, EnumSet.complementOf(EnumSet.of(reason)));
        assertThat(others.verdict(deny)).isEqualTo(deny);
    }

    /** What cannot be read in one way is never forwarded. */
    @ParameterizedTest
    @EnumSource
    void neverLetsTheUnreadablePass(Reason reason) {
        if (reason.code().matches("(head|framing|host|trailer)\\..*")) {
            assertThat(reason.isObservable()).as(reason.code()).isFalse();
        }
    }
}
