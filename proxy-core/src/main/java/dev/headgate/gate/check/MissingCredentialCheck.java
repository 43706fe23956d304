package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.FieldName;
import dev.headgate.http.Head;
import dev.headgate.profile.Guards;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A guarded endpoint needs an Authorization field. The refusal names the hop that may have dropped it. */
final class MissingCredentialCheck implements Check {
    private static final FieldName VIA = FieldName.of("via");
    private static final FieldName CLOUDFRONT_ID = FieldName.of("x-amz-cf-id");
    private static final String NEXT_MIDDLEWARE = "x-middleware-";

    @Override
    public @Nullable Deny check(CheckRequest request) {
        Guards guards = request.demands();
        if (guards == null || !guards.authorization() || request.credential().isPresent()) {
            return null;
        }
        return new Deny(Reason.AUTH_MISSING, "Authorization: absent" + culprit(request.head()));
    }

    private static String culprit(Head head) {
        String via = head.value(VIA);
        if (head.has(CLOUDFRONT_ID)
                || via != null && via.toLowerCase(Locale.ROOT).contains("cloudfront")) {
            return "; the request came through CloudFront, which removes the field unless a policy forwards it";
        }
        for (int i = 0; i < head.fieldCount(); i++) {
            if (head.name(i).toLowerCase(Locale.ROOT).startsWith(NEXT_MIDDLEWARE)) {
                return "; the request came through Next.js middleware, which may have rebuilt the fields without it";
            }
        }
        return via == null ? "" : "; the request came through another proxy (Via), which may have dropped it";
    }
}
