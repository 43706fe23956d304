package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No reason is given that no test has seen on the wire. */
class ReasonCoverageTest {
    private record Place(Class<?> test, String method) {}

    /** What needs more than one request and its twin. */
    private static final Map<Reason, Place> ELSEWHERE = Map.ofEntries(
            Map.entry(Reason.FIELD_NOMINATED, new Place(RefusalTableTest.class, "noGuardedFieldIsNominated")),
            Map.entry(Reason.FIELD_ALIAS, new Place(RefusalTableTest.class, "noFieldImitatesAGuardedOne")),
            Map.entry(Reason.AUTH_PLACEHOLDER, new Place(RefusalTableTest.class, "placeholdersAreNoCredentials")),
            Map.entry(
                    Reason.TOKEN_SUPERSEDED,
                    new Place(RefusalTableTest.class, "aNewerTokenOfTheSameGuestEndsTheOlderOneAfterAGrace")),
            Map.entry(Reason.HEAD_TIMEOUT, new Place(DownstreamFaultTest.class, "aSlowHeadIsA408")),
            Map.entry(Reason.BODY_TIMEOUT, new Place(DownstreamFaultTest.class, "aStalledBodyIsA408")),
            Map.entry(
                    Reason.LIMIT_RATE,
                    new Place(RateLimitWireTest.class, "aClientThatComesTooOftenIsToldWhenItMayComeAgain")),
            Map.entry(Reason.STORE_UNAVAILABLE, new Place(LearningWireTest.class, "aStoreThatThrowsRefuses")),
            Map.entry(Reason.UPSTREAM_UNREACHABLE, new Place(UpstreamFaultTest.class, "aRefusedConnectionIsA502")),
            Map.entry(
                    Reason.UPSTREAM_OVERLOADED, new Place(UpstreamBoundsTest.class, "whoFindsNoPlaceToWaitIsRefused")),
            Map.entry(Reason.UPSTREAM_TIMEOUT, new Place(UpstreamFaultTest.class, "silenceBeforeTheAnswerIsA504")),
            Map.entry(Reason.UPSTREAM_INVALID, new Place(UpstreamFaultTest.class, "anEndInTheHeadIsA502")),
            Map.entry(Reason.PROXY_DRAINING, new Place(DrainWireTest.class, "aNewRequestIsRefusedAndUnseen")));

    @Test
    void everyReasonIsSeenOnTheWire() {
        Set<Reason> seen = EnumSet.copyOf(ELSEWHERE.keySet());
        seen.addAll(RefusalTableTest.reasons());
        seen.addAll(GuardTableTest.reasons());
        assertThat(seen).containsExactlyInAnyOrder(Reason.values());
    }

    @Test
    void theOthersAreWhereTheyAreSaidToBe() {
        for (Map.Entry<Reason, Place> entry : ELSEWHERE.entrySet()) {
            Place place = entry.getValue();
            assertThat(Stream.of(place.test().getDeclaredMethods())
                            .filter(m -> m.getName().equals(place.method())))
                    .as("%s in %s#%s", entry.getKey(), place.test().getSimpleName(), place.method())
                    .hasSize(1);
        }
    }
}
