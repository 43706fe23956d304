package dev.headgate.gate;

import dev.headgate.http.FieldName;
import dev.headgate.http.Head;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.RequestHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What this hop tells the upstream of a client's connection: X-Forwarded-For, -Proto and -Host, Forwarded (RFC 7239).
 * Made once for each connection. Immutable.
 *
 * <p>To what a trusted peer says, this hop is added. What another client says of itself is left out: it may be a lie.
 */
public final class ForwardedHop {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] COMMA = {',', ' '};
    private static final byte[] X_FOR = ascii("X-Forwarded-For: ");
    private static final byte[] X_HOST = ascii("X-Forwarded-Host: ");
    private static final byte[] FORWARDED = ascii("Forwarded: ");
    private static final byte[] HOST = ascii(";host=\"");
    private static final byte[] QUOTE = {'"'};

    private final ForwardedSettings settings;
    private final boolean trusted;
    private final byte[] peer;
    private final byte[] protoLine;
    private final byte[] element;

    /**
     * @param peer the other end of the connection; null where it has no IP address
     * @param scheme of the connection, {@code http} or {@code https}
     */
    public ForwardedHop(ForwardedSettings settings, @Nullable IpAddress peer, String scheme) {
        this.settings = settings;
        this.trusted = peer != null && settings.trusts(peer);
        this.peer = ascii(peer == null ? "unknown" : peer.toString());
        this.protoLine = ascii("X-Forwarded-Proto: " + scheme + "\r\n");
        this.element = ascii("for=" + node(peer) + ";proto=" + scheme);
    }

    /** RFC 7239 section 6. */
    private static String node(@Nullable IpAddress peer) {
        if (peer == null) {
            return "unknown";
        }
        return peer.isIpv4() ? peer.toString() : "\"[" + peer + "]\"";
    }

    /** What it was made by. */
    public ForwardedSettings settings() {
        return settings;
    }

    /** Whether that line of the request gives way to one of {@link #write}, or is not believed. */
    boolean replaces(Head head, int field) {
        int first = head.bytes()[head.nameStart(field)] | 0x20;
        if (first != 'x' && first != 'f') {
            return false;
        }
        if (trusted) {
            return settings.write().xForwarded() && head.is(field, ForwardedSettings.X_FORWARDED_FOR)
                    || settings.write().forwarded() && head.is(field, ForwardedSettings.FORWARDED);
        }
        return head.is(field, ForwardedSettings.X_FORWARDED_FOR)
                || head.is(field, ForwardedSettings.X_FORWARDED_PROTO)
                || head.is(field, ForwardedSettings.X_FORWARDED_HOST)
                || head.is(field, ForwardedSettings.X_FORWARDED_PORT)
                || head.is(field, ForwardedSettings.FORWARDED);
    }

    /** Appends the lines, for a request whose Host is known to be well-formed. */
    void write(RequestHead head, HeadWriter out) {
        int host = head.find(FieldName.HOST);
        if (settings.write().xForwarded()) {
            out.write(X_FOR);
            writeOlder(head, ForwardedSettings.X_FORWARDED_FOR, out);
            out.write(peer).write(CRLF);
            if (!trusted || !head.has(ForwardedSettings.X_FORWARDED_PROTO)) {
                out.write(protoLine);
            }
            if (host >= 0 && (!trusted || !head.has(ForwardedSettings.X_FORWARDED_HOST))) {
                out.write(X_HOST)
                        .write(head.bytes(), head.valueStart(host), head.valueEnd(host))
                        .write(CRLF);
            }
        }
        if (settings.write().forwarded()) {
            out.write(FORWARDED);
            writeOlder(head, ForwardedSettings.FORWARDED, out);
            out.write(element);
            if (host >= 0) {
                out.write(HOST)
                        .write(head.bytes(), head.valueStart(host), head.valueEnd(host))
                        .write(QUOTE);
            }
            out.write(CRLF);
        }
    }

    /** All in one line: many servers read only one. */
    private void writeOlder(RequestHead head, FieldName name, HeadWriter out) {
        if (!trusted) {
            return;
        }
        for (int i = head.find(name); i >= 0; i = head.find(name, i + 1)) {
            if (head.valueStart(i) < head.valueEnd(i)) {
                out.write(head.bytes(), head.valueStart(i), head.valueEnd(i)).write(COMMA);
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
