package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A create request should have what later requests with its token need. */
final class IncompleteIdentityCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        List<String> lacks = request.lacks();
        return lacks.isEmpty()
                ? null
                : new Deny(Reason.IDENTITY_INCOMPLETE, "create request: without " + String.join(", ", lacks));
    }
}
