package dev.headgate.replay.compare;

import dev.headgate.gate.Reason;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.replay.ReplayedExchange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds what differs between an exchange and its replay: status, verdict, reason, some fields, and the body without its
 * noise. Where the status differs, fields and body are not compared: they are another answer's. Immutable.
 */
public final class ReplayComparison {
    private static final int MOST_DIFFERENCES = 100;
    private static final int LONGEST_CODE = 60;
    private static final String REASON = "x-headgate-reason";
    private static final String DIAGNOSIS = "x-headgate-diagnosis";
    private static final String OBSERVED = "observe-deny";
    private static final Set<String> CODES =
            Arrays.stream(Reason.values()).map(Reason::code).collect(Collectors.toUnmodifiableSet());

    private final List<String> ignored;
    private final FieldComparison fields;
    private final BodyComparison bodies;

    /** With the rules that are there by default. */
    public ReplayComparison() {
        this(List.of(), List.of());
    }

    /**
     * @param ignored JSON Pointers into answers' bodies, {@code *} for any member or element
     * @param fields names of response fields that are compared beside those that always are
     * @throws IllegalArgumentException if one is malformed; the message is for whoever gave it
     */
    public ReplayComparison(List<String> ignored, List<String> fields) {
        this.ignored = List.copyOf(ignored);
        this.fields = new FieldComparison(fields);
        this.bodies = new BodyComparison(new IgnoredPaths(ignored));
    }

    List<String> ignored() {
        return ignored;
    }

    List<String> fields() {
        return fields.names();
    }

    /** Whether the recording says what an exchange ended with. */
    static boolean isComparable(RecordedExchange recorded) {
        return recorded.response() != null || recorded.verdict() != null || recorded.reason() != null;
    }

    /** At most {@value #MOST_DIFFERENCES}, each kind once. */
    Collection<Difference> compare(ReplayedExchange exchange) {
        Map<String, Difference> found = new LinkedHashMap<>();
        Consumer<Difference> differences = difference -> {
            if (found.size() < MOST_DIFFERENCES) {
                found.putIfAbsent(difference.kind(), difference);
            }
        };
        RecordedExchange recorded = exchange.recorded();
        Shown shown = Shown.of(recorded, exchange.replayed());
        RecordedResponse before = recorded.response();
        RecordedResponse after = exchange.replayed();
        if (after == null) {
            // The recorded one may have failed as well.
            if (before == null || before.status() != 0) {
                String failure = exchange.failure() == null ? "no answer" : exchange.failure();
                differences.accept(Difference.of("failed " + shown.text(failure), status(before), failure));
            }
            return found.values();
        }
        if (before != null && before.status() != after.status()) {
            differences.accept(Difference.between("status", status(before), status(after)));
        }
        compareGate(recorded, before, after, shown, differences);
        if (before != null && before.status() == after.status()) {
            fields.compare(before, after, differences);
            bodies.compare(before, after, shown, differences);
        }
        return found.values();
    }

    private static void compareGate(
            RecordedExchange recorded,
            @Nullable RecordedResponse before,
            RecordedResponse after,
            Shown shown,
            Consumer<Difference> differences) {
        if (!isComparable(recorded)) {
            return;
        }
        boolean observed = OBSERVED.equals(recorded.verdict());
        String oldDiagnosis = before == null ? null : before.value(DIAGNOSIS);
        String newDiagnosis = after.value(DIAGNOSIS);
        String oldReason = recorded.reason();
        if (oldReason == null && before != null) {
            oldReason = before.value(REASON);
        }
        String newReason = after.value(REASON);
        String verdict = newReason != null && !newReason.startsWith("upstream.") ? "deny" : "allow";
        if (observed && newReason == null && newDiagnosis != null && CODES.contains(newDiagnosis)) {
            newReason = newDiagnosis;
            verdict = OBSERVED;
        }
        if (recorded.verdict() != null) {
            compareVerdicts(recorded.verdict(), verdict, oldReason, newReason, shown, differences);
        }
        compareCodes("reason", oldReason, newReason, shown, differences);
        if (!observed && before != null && Objects.equals(oldReason, newReason)) {
            compareCodes("diagnosis", oldDiagnosis, newDiagnosis, shown, differences);
        }
    }

    /** What another configuration's gate says of an exchange; one that no gate has seen counts as allowed. */
    static Collection<Difference> compareVerdict(RecordedExchange recorded, String verdict, @Nullable String reason) {
        List<Difference> found = new ArrayList<>(2);
        String before = recorded.verdict() == null ? "allow" : recorded.verdict();
        // A reason of an allowed exchange is the upstream's doing.
        String oldReason = before.equals("allow") ? null : recorded.reason();
        String newReason = verdict.equals("allow") ? null : reason;
        Shown shown = Shown.anywhere();
        compareVerdicts(before, verdict, oldReason, newReason, shown, found::add);
        compareCodes("reason", oldReason, newReason, shown, found::add);
        return found;
    }

    /** A reason that stays the same is no difference, yet says which verdict it is. */
    private static void compareVerdicts(
            String before,
            String after,
            @Nullable String oldReason,
            @Nullable String newReason,
            Shown shown,
            Consumer<Difference> found) {
        if (oldReason == null || !oldReason.equals(newReason) || before.equals(after)) {
            compareCodes("verdict", before, after, shown, found);
            return;
        }
        String old = code(before, shown);
        String now = code(after, shown);
        String reason = ", " + code(oldReason, shown);
        found.accept(Difference.of("verdict " + old + " -> " + now, old + reason, now + reason));
    }

    private static void compareCodes(
            String what, @Nullable String before, @Nullable String after, Shown shown, Consumer<Difference> found) {
        if (!Objects.equals(before, after)) {
            found.accept(Difference.between(what, code(before, shown), code(after, shown)));
        }
    }

    private static String status(@Nullable RecordedResponse response) {
        return response == null || response.status() == 0 ? Difference.NONE : String.valueOf(response.status());
    }

    /** A code, for people: it may come from anywhere. */
    private static String code(@Nullable String code, Shown shown) {
        return code == null ? Difference.NONE : Shown.cut(shown.text(code), LONGEST_CODE);
    }
}
