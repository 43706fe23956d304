package dev.headgate.gate;

import dev.headgate.http.Octets;
import dev.headgate.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Who a request comes from, by what trusted hops say of it: X-Forwarded-For, or where there is none Forwarded (RFC
 * 7239), from the right. Each hop vouches for what it wrote itself and for nothing further left, so the first address
 * that is not trusted is the client's. What is no address (also {@code unknown} and {@code _hidden}) ends the search at
 * the last one before it: nothing here is an error.
 */
public final class ForwardedClient {
    private ForwardedClient() {}

    /**
     * The client's address; the peer's where it is not trusted, or says nothing that can be read.
     *
     * @param peer the other end of the connection
     */
    public static IpAddress of(RequestHead head, IpAddress peer, ForwardedSettings settings) {
        if (!settings.trusts(peer)) {
            return peer;
        }
        boolean list = head.has(ForwardedSettings.X_FORWARDED_FOR);
        byte[] bytes = head.bytes();
        IpAddress client = peer;
        for (int i = head.fieldCount() - 1; i >= 0; i--) {
            if (!head.is(i, list ? ForwardedSettings.X_FORWARDED_FOR : ForwardedSettings.FORWARDED)) {
                continue;
            }
            int start = head.valueStart(i);
            int to = head.valueEnd(i);
            while (to > start) {
                int from = list ? memberStart(bytes, start, to) : elementStart(bytes, start, to);
                if (!isBlank(bytes, from, to)) {
                    IpAddress hop = list ? node(bytes, from, to) : forwardedFor(bytes, from, to);
                    if (hop == null) {
                        return client;
                    }
                    client = hop;
                    if (!settings.trusts(hop)) {
                        return client;
                    }
                }
                to = from - 1;
            }
        }
        return client;
    }

    private static int memberStart(byte[] bytes, int start, int to) {
        int from = to;
        while (from > start && bytes[from - 1] != ',') {
            from--;
        }
        return from;
    }

    /**
     * Where the last element begins. It is found from its end, so that nothing further left, an open quotation mark
     * least of all, changes how a trusted hop's own element is read.
     */
    private static int elementStart(byte[] bytes, int start, int to) {
        boolean quoted = false;
        int from = to;
        while (from > start) {
            byte b = bytes[from - 1];
            if (b == ',' && !quoted) {
                return from;
            }
            if (b == '"' && !(quoted && isEscaped(bytes, start, from - 1))) {
                quoted = !quoted;
            }
            from--;
        }
        return from;
    }

    private static boolean isEscaped(byte[] bytes, int start, int at) {
        int slashes = 0;
        while (at - slashes > start && bytes[at - slashes - 1] == '\\') {
            slashes++;
        }
        return slashes % 2 == 1;
    }

    /** The address of an element's one {@code for}, or null. */
    private static @Nullable IpAddress forwardedFor(byte[] bytes, int from, int to) {
        IpAddress found = null;
        int i = skipBlanks(bytes, from, to);
        while (i < to) {
            if (bytes[i] == ';') {
                i = skipBlanks(bytes, i + 1, to);
                continue;
            }
            int name = i;
            while (i < to && Octets.isToken(bytes[i])) {
                i++;
            }
            boolean isFor = i - name == 3
                    && (bytes[name] | 0x20) == 'f'
                    && (bytes[name + 1] | 0x20) == 'o'
                    && (bytes[name + 2] | 0x20) == 'r';
            if (i == name || i == to || bytes[i] != '=') {
                return null;
            }
            i++;
            boolean quoted = i < to && bytes[i] == '"';
            int value = quoted ? i + 1 : i;
            int end = quoted ? closingQuote(bytes, value, to) : tokenEnd(bytes, value, to);
            if (end < 0) {
                return null;
            }
            if (isFor) {
                IpAddress node = found == null ? node(bytes, value, end) : null;
                if (node == null) {
                    return null;
                }
                found = node;
            }
            i = skipBlanks(bytes, quoted ? end + 1 : end, to);
            if (i < to && bytes[i] != ';') {
                return null;
            }
        }
        return found;
    }

    private static int closingQuote(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != '"') {
            i += bytes[i] == '\\' ? 2 : 1;
        }
        return i < to ? i : -1;
    }

    /** Wider than a token: many write an address with a port without the quotation marks that it needs. */
    private static int tokenEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != ';' && bytes[i] != '"' && !Octets.isBlank(bytes[i])) {
            i++;
        }
        return i;
    }

    /**
     * An address, perhaps with a port: {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code
     * [2001:db8::1]}, {@code [2001:db8::1]:80}; null for anything else.
     */
    private static @Nullable IpAddress node(byte[] bytes, int from, int to) {
        int start = skipBlanks(bytes, from, to);
        int end = to;
        while (end > start && Octets.isBlank(bytes[end - 1])) {
            end--;
        }
        if (start < end && bytes[start] == '[') {
            int close = start + 1;
            while (close < end && bytes[close] != ']') {
                close++;
            }
            boolean port = close + 1 < end;
            return close == end || port && (bytes[close + 1] != ':' || !isPort(bytes, close + 2, end))
                    ? null
                    : IpAddress.parse(bytes, start + 1, close);
        }
        int colon = -1;
        int dot = -1;
        for (int i = start; i < end; i++) {
            if (bytes[i] == '.') {
                dot = i;
            } else if (bytes[i] == ':' && colon < 0) {
                colon = i;
            }
        }
        if (colon >= 0 && dot >= 0 && dot < colon) {
            return isPort(bytes, colon + 1, end) ? IpAddress.parse(bytes, start, colon) : null;
        }
        return IpAddress.parse(bytes, start, end);
    }

    /** Also a hidden one (RFC 7239 section 6.3). */
    private static boolean isPort(byte[] bytes, int from, int to) {
        boolean hidden = from < to && bytes[from] == '_';
        if (from == to || to - from > 5 && !hidden) {
            return false;
        }
        for (int i = from; i < to; i++) {
            boolean digit = bytes[i] >= '0' && bytes[i] <= '9';
            if (!digit && !(hidden && Octets.isToken(bytes[i]))) {
                return false;
            }
        }
        return true;
    }

    private static int skipBlanks(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && Octets.isBlank(bytes[i])) {
            i++;
        }
        return i;
    }

    private static boolean isBlank(byte[] bytes, int from, int to) {
        return skipBlanks(bytes, from, to) == to;
    }
}
