package dev.headgate.gate;

import dev.headgate.gate.Verdict.Allow;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Profile;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the gate step by step, as the wire does.
 *
 * @param sessions what the store says of a token
 */
record GateRun(Gate gate, KeyedHash hash, Profile profile, Function<TokenFingerprint, @Nullable Session> sessions) {
    /**
     * @param request as far as it came
     * @param observed the first thing that was noted and not refused for
     */
    record Outcome(
            CheckRequest request,
            @Nullable Deny deny,
            @Nullable Deny observed) {
        @Nullable
        Reason reason() {
            return deny == null ? null : deny.reason();
        }

        private Outcome and(CheckRequest next, Verdict verdict) {
            if (verdict instanceof Deny found) {
                return new Outcome(next, found, observed);
            }
            return new Outcome(next, null, observed == null ? ((Allow) verdict).observed() : observed);
        }
    }

    /**
     * @param head without its empty line; with another Host than {@code a} it comes with it
     */
    Outcome of(Policy policy, String head, String body, long now) throws Exception {
        byte[] bytes = (head + (head.contains("\r\nHost:") ? "" : "\r\nHost: a") + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        RequestHead read = new HeadParser(100).request(bytes, bytes.length);
        Endpoint endpoint = profile.endpoint(read.method(), read.path());
        Credential credential = Credential.of(read, hash);
        TokenFingerprint token = Gate.token(read, endpoint, credential, hash);
        CheckRequest request = gate.request(read, new Target(policy, profile, endpoint), credential, token, now);
        Outcome outcome = new Outcome(request, null, null).and(request, gate.head(request));
        if (outcome.deny != null) {
            return outcome;
        }
        if (token != null && gate.needsSession(request)) {
            request = request.with(sessions.apply(token));
            outcome = outcome.and(request, gate.session(request));
            if (outcome.deny != null) {
                return outcome;
            }
        }
        boolean needed = gate.needsBody(request, !body.isEmpty()) != BodyNeed.NONE;
        request = gate.read(request, needed ? body.getBytes(StandardCharsets.UTF_8) : null);
        return outcome.and(request, gate.content(request));
    }
}
