package dev.headgate.netty;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * What is found out about one exchange: by the rules, from the session store, and from the upstream's answer. Confined
 * to the exchange's event loop.
 */
final class Findings {
    /*
     * Invariants:
     *   - deny is the first that was observed, until the gate refuses: then it is what the gate refused for. What
     *     happens behind the gate, such as an upstream that cannot be reached, is kept only where there is none yet;
     *   - verdict is OBSERVE_DENY from the first that was observed until the gate refuses;
     *   - diagnosis is what was observed, or else a warning about caches, or what explains the upstream's refusal.
     */
    private @Nullable Deny deny;
    private VerdictKind verdict = VerdictKind.ALLOW;
    private @Nullable String note;
    private @Nullable Diagnosis diagnosis;
    private ApiError error = ApiError.UNREAD;
    private boolean sessionAsked;
    private @Nullable Session learned;

    /**
     * It is refused.
     *
     * @param kind {@link VerdictKind#ALLOW} where it is for what happened after the gate had let it pass
     */
    void refused(Deny found, VerdictKind kind) {
        if (deny == null || kind == VerdictKind.DENY) {
            deny = found;
        } else {
            note(found.reason() + ": " + found.detail());
        }
        if (verdict != VerdictKind.OBSERVE_DENY || kind == VerdictKind.DENY) {
            verdict = kind;
        }
    }

    /** It would have been refused; the first such finding counts. */
    void observed(Deny found) {
        if (deny == null) {
            deny = found;
            verdict = VerdictKind.OBSERVE_DENY;
            diagnosis = Diagnosis.of(found);
        }
    }

    /** Something worth the log's attention, without a refusal. */
    void note(String found) {
        note = found;
    }

    /** What the edge makes of the answer; what is there already stays. */
    void diagnosis(Diagnosis found) {
        if (diagnosis == null) {
            diagnosis = found;
        }
    }

    @Nullable
    Diagnosis diagnosis() {
        return diagnosis;
    }

    /** Whether a rule has found what explains a refusal by the upstream; what it only recommends does not. */
    boolean isExplained() {
        return deny != null && !deny.reason().isAdvice();
    }

    /** What explains the upstream's refusal; takes the place of what a rule only recommends. */
    void explained(Diagnosis found) {
        diagnosis = found;
    }

    /** What the body of the upstream's refusal says. */
    void error(ApiError said) {
        error = said;
    }

    void sessionAsked() {
        sessionAsked = true;
    }

    void learned(Session session) {
        learned = session;
    }

    VerdictKind verdict() {
        return verdict;
    }

    /** Of the refusal, observed or not; null where there is none. */
    @Nullable
    Reason reason() {
        return deny == null ? null : deny.reason();
    }

    @Nullable
    String detail() {
        if (deny == null || note == null) {
            return deny == null ? note : deny.detail();
        }
        return deny.detail() + "; " + note;
    }

    @Nullable
    Evidence evidence() {
        if (deny == null && diagnosis == null) {
            return null;
        }
        return new Evidence(
                deny == null ? null : deny.check(), deny == null ? null : deny.comparison(), diagnosis, error);
    }

    /**
     * The session that was learned, else the one that was found; null where there is none.
     *
     * @param request as the gate saw it last; null where it has seen none
     */
    @Nullable
    Session session(@Nullable CheckRequest request) {
        return learned != null || request == null ? learned : request.session();
    }

    TokenCheck tokenCheck(@Nullable CheckRequest request) {
        if (learned != null) {
            return TokenCheck.LEARNED;
        }
        if (!sessionAsked) {
            return TokenCheck.NONE;
        }
        if (session(request) == null) {
            return TokenCheck.UNKNOWN;
        }
        String code = deny == null ? "" : deny.reason().code();
        return code.startsWith("token.")
                ? TokenCheck.STALE
                : code.startsWith("session.") ? TokenCheck.CONFLICT : TokenCheck.CONFIRMED;
    }
}
