package dev.headgate.http;

import dev.headgate.http.BadHead.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one HEADERS frame of HTTP/2, as they are decompressed, and the head that they are in the form of
 * HTTP/1.1: from there on one reading, one set of limits and one set of rules serve both. What RFC 9113 section 8
 * calls malformed is refused. Not thread-safe.
 *
 * <p>The first fault is kept and thrown when the head is asked for, because the rest of the frame has to be
 * decompressed all the same (RFC 9113 section 4.3).
 */
public final class StreamFields {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] COLON = {':', ' '};
    private static final byte[] CRUMB = {';', ' '};
    private static final byte[] METHOD = ascii(":method");
    private static final byte[] SCHEME = ascii(":scheme");
    private static final byte[] AUTHORITY = ascii(":authority");
    private static final byte[] PATH = ascii(":path");
    private static final byte[] PROTOCOL = ascii(":protocol");
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] HOST = ascii("host: ");
    private static final byte[] COOKIE = ascii("cookie: ");
    private static final byte[] UPGRADE = ascii("connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");

    /** Of which a message of HTTP/2 has none (RFC 9113 section 8.2.2). */
    private static final FieldName[] OF_THE_CONNECTION = {
        FieldName.CONNECTION,
        FieldName.PROXY_CONNECTION,
        FieldName.KEEP_ALIVE,
        FieldName.TRANSFER_ENCODING,
        FieldName.UPGRADE
    };

    private static final FieldName COOKIE_NAME = FieldName.of("cookie");

    private final int limit;
    private final HeadWriter lines = new HeadWriter();
    private @Nullable HeadWriter cookies;
    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String authority;
    private @Nullable String path;
    private @Nullable String protocol;
    private @Nullable String host;
    private @Nullable BadHead fault;
    private boolean pseudo;
    private boolean tellsLength;
    private int size;

    /**
     * @param limit the most that the head may have, in bytes
     */
    public StreamFields(int limit) {
        this.limit = limit;
    }

    /** Whether the octets of {@code [from, to)} are, in any case, a name that no message of HTTP/2 has. */
    public static boolean isOfTheConnection(byte[] bytes, int from, int to) {
        for (FieldName name : OF_THE_CONNECTION) {
            if (name.matches(bytes, from, to)) {
                return true;
            }
        }
        return false;
    }

    /** Takes the next field; each argument is the octets of {@code [from, to)}. */
    public void add(byte[] name, int nameFrom, int nameTo, byte[] value, int valueFrom, int valueTo) {
        if (fault != null) {
            return;
        }
        size += nameTo - nameFrom + valueTo - valueFrom + 4;
        if (size > limit) {
            fault = new BadHead(Fault.TOO_LARGE, "head: more than " + limit + " bytes");
            return;
        }
        try {
            checkValue(value, valueFrom, valueTo);
            if (nameFrom < nameTo && name[nameFrom] == ':') {
                pseudoField(name, nameFrom, nameTo, text(value, valueFrom, valueTo));
            } else {
                checkName(name, nameFrom, nameTo, value, valueFrom, valueTo);
                field(name, nameFrom, nameTo, value, valueFrom, valueTo);
            }
        } catch (BadHead e) {
            fault = e;
        }
    }

    private static void checkValue(byte[] value, int from, int to) throws BadHead {
        for (int i = from; i < to; i++) {
            if (!Octets.isField(value[i])) {
                throw malformed("a field value with a control octet (RFC 9113 section 8.2.1)");
            }
        }
        if (from < to && (Octets.isBlank(value[from]) || Octets.isBlank(value[to - 1]))) {
            throw malformed("a field value that starts or ends with a blank (RFC 9113 section 8.2.1)");
        }
    }

    private void pseudoField(byte[] name, int from, int to, String value) throws BadHead {
        if (lines.length() > 0 || cookies != null || host != null) {
            throw malformed(text(name, from, to) + " behind other fields (RFC 9113 section 8.3)");
        }
        pseudo = true;
        if (is(METHOD, name, from, to)) {
            method = once(method, ":method", value);
        } else if (is(SCHEME, name, from, to)) {
            scheme = once(scheme, ":scheme", value);
        } else if (is(AUTHORITY, name, from, to)) {
            authority = once(authority, ":authority", value);
        } else if (is(PATH, name, from, to)) {
            path = once(path, ":path", value);
        } else if (is(PROTOCOL, name, from, to)) {
            protocol = once(protocol, ":protocol", value);
        } else {
            throw malformed("a pseudo-header field that requests do not have (RFC 9113 section 8.3)");
        }
    }

    /** Octet by octet: no name of a pseudo-header field has capitals. */
    private static boolean is(byte[] expected, byte[] name, int from, int to) {
        return Arrays.equals(expected, 0, expected.length, name, from, to);
    }

    private static String once(@Nullable String before, String name, String value) throws BadHead {
        if (before != null) {
            throw malformed("several " + name + " (RFC 9113 section 8.3)");
        }
        return value;
    }

    private static void checkName(byte[] name, int from, int to, byte[] value, int valueFrom, int valueTo)
            throws BadHead {
        if (from == to) {
            throw malformed("a field without a name (RFC 9110 section 5.1)");
        }
        for (int i = from; i < to; i++) {
            if (!Octets.isToken(name[i]) || name[i] != Octets.lower(name[i])) {
                throw malformed("a field name with an upper-case letter, or an octet that names do not have"
                        + " (RFC 9113 section 8.2.1)");
            }
        }
        if (isOfTheConnection(name, from, to)) {
            throw malformed(text(name, from, to) + " (expected: none in HTTP/2, RFC 9113 section 8.2.2)");
        }
        boolean te = FieldName.TE.matches(name, from, to);
        if (te && !text(value, valueFrom, valueTo).equalsIgnoreCase("trailers")) {
            throw malformed("te (expected: trailers, RFC 9113 section 8.2.2)");
        }
    }

    private void field(byte[] name, int nameFrom, int nameTo, byte[] value, int valueFrom, int valueTo) throws BadHead {
        if (COOKIE_NAME.matches(name, nameFrom, nameTo)) {
            // Crumbs become one field again (RFC 9113 section 8.2.3).
            HeadWriter joined = cookies;
            if (joined == null) {
                joined = new HeadWriter();
                cookies = joined;
            } else {
                joined.write(CRUMB);
            }
            joined.write(value, valueFrom, valueTo);
            return;
        }
        if (FieldName.HOST.matches(name, nameFrom, nameTo)) {
            if (host != null) {
                throw new BadHead(Fault.HOST, "Host: several (expected: one, RFC 9112 section 3.2)");
            }
            host = text(value, valueFrom, valueTo);
            return;
        }
        if (protocol != null && WebSocketHandshake.KEY.matches(name, nameFrom, nameTo)) {
            // It has no meaning here (RFC 8441 section 5), and the edge makes one of its own.
            return;
        }
        tellsLength |= FieldName.CONTENT_LENGTH.matches(name, nameFrom, nameTo);
        lines.write(name, nameFrom, nameTo)
                .write(COLON)
                .write(value, valueFrom, valueTo)
                .write(CRLF);
    }

    /**
     * @param ends whether the stream ends with these fields, so that there is no body
     */
    public RequestHead request(HeadParser parser, boolean ends) throws BadHead {
        check();
        String verb = required(method, ":method");
        String target = required(path, ":path");
        String over = required(scheme, ":scheme");
        if (!over.equals("https") && !over.equals("http")) {
            throw malformed(":scheme (expected: https or http)");
        }
        if (!target.startsWith("/") && !target.equals("*")) {
            throw malformed(":path (expected: a path with its query, RFC 9113 section 8.3.1)");
        }
        if (protocol != null) {
            checkWebSocket(verb, protocol, ends);
            verb = "GET";
        }
        for (int i = 0; i < verb.length(); i++) {
            if (!Octets.isToken((byte) verb.charAt(i))) {
                throw malformed(":method (expected: a token, RFC 9110 section 9.1)");
            }
        }
        for (int i = 0; i < target.length(); i++) {
            if (!Octets.isTarget((byte) target.charAt(i))) {
                throw malformed(":path: an octet that must be escaped at offset " + i + " (RFC 9113 section 8.3.1)");
            }
        }
        // Kept by the exchange, so no longer than it will be. What was counted suffices, but for a WebSocket.
        HeadWriter out = new HeadWriter(size);
        out.write(verb).write(" ").write(target).write(VERSION);
        String origin = origin();
        if (origin != null) {
            out.write(HOST).write(origin).write(CRLF);
        }
        out.write(lines.bytes(), 0, lines.length());
        HeadWriter crumbs = cookies;
        if (crumbs != null) {
            out.write(COOKIE).write(crumbs.bytes(), 0, crumbs.length()).write(CRLF);
        }
        if (protocol != null) {
            // The same request in HTTP/1.1, which no one behind here tells from any other (RFC 8441 section 5).
            out.write(UPGRADE).write(WebSocketHandshake.newKey()).write(CRLF);
        } else if (!ends && !tellsLength) {
            // A body of any length has this framing in HTTP/1.1.
            out.write(CHUNKED);
        }
        RequestHead head = parser.request(out.write(CRLF).bytes(), out.length());
        if (ends && Framing.of(head).hasBody()) {
            throw new BadHead(
                    Fault.FRAMING, "framing: the stream ends before its Content-Length (RFC 9113 section 8.1.1)");
        }
        return head;
    }

    private void checkWebSocket(String verb, String to, boolean ends) throws BadHead {
        if (!verb.equals("CONNECT") || !to.equals("websocket")) {
            throw malformed(":protocol (expected: websocket, with the method CONNECT; RFC 8441 section 4)");
        }
        if (ends || tellsLength) {
            throw malformed(":protocol with a body, or with none that could follow (RFC 8441 section 5)");
        }
    }

    /** Whether it asks for a tunnel, so that what follows the fields is no body (RFC 8441 section 4). */
    public boolean isExtendedConnect() {
        return protocol != null;
    }

    /** Host and {@code :authority} are two places for one thing (RFC 9113 section 8.3.1). */
    private @Nullable String origin() throws BadHead {
        if (host != null && authority != null && !host.equalsIgnoreCase(authority)) {
            throw new BadHead(Fault.HOST, "Host: differs from :authority (RFC 9113 section 8.3.1)");
        }
        return authority != null ? authority : host;
    }

    /** The same fields as a trailer section. */
    public Trailers trailers(HeadParser parser) throws BadHead {
        check();
        if (pseudo) {
            throw malformed("a pseudo-header field in a trailer section (RFC 9113 section 8.1)");
        }
        if (host != null || cookies != null) {
            throw new BadHead(Fault.TRAILER, "trailer: Host or Cookie (RFC 9110 section 6.5.1)");
        }
        HeadWriter out = new HeadWriter();
        out.write(lines.bytes(), 0, lines.length());
        return parser.trailers(end(out), out.length());
    }

    /** The field lines as far as they could be read. */
    public byte[] lines() {
        HeadWriter out = new HeadWriter();
        out.write(lines.bytes(), 0, lines.length());
        return end(out);
    }

    private void check() throws BadHead {
        BadHead found = fault;
        if (found != null) {
            throw found;
        }
    }

    private static String required(@Nullable String value, String name) throws BadHead {
        if (value == null || value.isEmpty()) {
            throw malformed(name + " missing or empty (RFC 9113 section 8.3.1)");
        }
        return value;
    }

    private static byte[] end(HeadWriter out) {
        out.write(CRLF);
        return Arrays.copyOf(out.bytes(), out.length());
    }

    private static BadHead malformed(String what) {
        return new BadHead(Fault.MALFORMED, "head: " + what);
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
