package dev.headgate.replay.compare;

import java.util.function.Function;

/**
 * One thing that is not as it was recorded.
 *
 * @param kind what it is, without what is particular to this exchange: {@code status 200 -> 403}
 * @param recorded shows what was recorded
 * @param replayed shows what came instead
 */
record Difference(String kind, Function<Shown, String> recorded, Function<Shown, String> replayed) {
    static final String NONE = "-";

    /** Of two texts that hold no credential. */
    static Difference of(String kind, String recorded, String replayed) {
        return new Difference(kind, shown -> shown.text(recorded), shown -> shown.text(replayed));
    }

    /** Of two codes, which the kind names. */
    static Difference between(String what, String recorded, String replayed) {
        return of(what + " " + recorded + " -> " + replayed, recorded, replayed);
    }
}
