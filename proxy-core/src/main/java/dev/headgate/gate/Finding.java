package dev.headgate.gate;

/** What the edge can find: why it refused a request, or the likeliest cause of somebody else's refusal. */
public sealed interface Finding permits Reason, Cause {
    /** Stable, as in {@code x-headgate-reason}, {@code x-headgate-diagnosis} and the log. */
    String code();

    /** One sentence, the same for each finding with this code (RFC 9457 section 3.1.3). */
    String title();

    /** What a person can do about it, in one sentence or two. */
    String advice();
}
