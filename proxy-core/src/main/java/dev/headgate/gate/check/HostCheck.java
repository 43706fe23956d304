package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** Exactly one Host, well-formed, and the same as an absolute-form target's (RFC 9112 section 3.2). */
final class HostCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        RequestHead head = request.head();
        int host = head.find(FieldName.HOST);
        if (host < 0) {
            return head.minorVersion() == 0 ? null : deny("missing (RFC 9112 section 3.2)");
        }
        if (head.find(FieldName.HOST, host + 1) >= 0) {
            return deny("several (expected: one, RFC 9112 section 3.2)");
        }
        byte[] bytes = head.bytes();
        int from = head.valueStart(host);
        int to = head.valueEnd(host);
        if (from == to && !head.isAbsoluteForm()) {
            return deny("empty");
        }
        if (!isAuthority(bytes, from, to)) {
            return deny("malformed (expected: a name or address, with an optional port)");
        }
        String authority = head.authority();
        if (authority != null && !authority.equalsIgnoreCase(head.value(host))) {
            return deny("differs from the target's authority (RFC 9112 section 3.2.2)");
        }
        return null;
    }

    /** uri-host [ ":" port ] (RFC 9110 section 7.2), without user information and percent-encoding. */
    private static boolean isAuthority(byte[] bytes, int from, int to) {
        int i = from;
        if (i < to && bytes[i] == '[') {
            while (i < to && bytes[i] != ']') {
                i++;
            }
            i++;
        } else {
            while (i < to && isNameOctet(bytes[i])) {
                i++;
            }
        }
        if (i == to) {
            return true;
        }
        if (i > to || bytes[i] != ':' || to - i > 6) {
            return false;
        }
        for (int p = i + 1; p < to; p++) {
            if (bytes[p] < '0' || bytes[p] > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameOctet(byte b) {
        return b >= 'a' && b <= 'z'
                || b >= 'A' && b <= 'Z'
                || b >= '0' && b <= '9'
                || b == '-'
                || b == '.'
                || b == '_'
                || b == '~';
    }

    private static Deny deny(String what) {
        return new Deny(Reason.HOST_INVALID, "Host: " + what);
    }
}
