package dev.headgate.replay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recorded request with holes where old values stood. What is written is the recorded head, line by line, but for the
 * Host, the length of the body, and the fields that are for one connection only. Immutable.
 */
final class RequestTemplate {
    /** For one connection only (RFC 9110 section 7.6.1); the replay's connections are its own. */
    private static final Set<String> HOP_BY_HOP = Set.of("keep-alive", "proxy-connection", "http2-settings");

    /** Hold credentials that no create call issues. */
    private static final Set<String> SECRET = Set.of("cookie", "proxy-authorization", "x-api-key");

    private static final String MASK = "{{masked}}";

    /** Where the filling of a body that the recording has only in part would take too much memory, in bytes. */
    private static final long LONGEST_FILLING = 16 << 20;

    /** How the end of the body is told. */
    private enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        /** As the recording has it, which two readers may read in two ways; the body is left out. */
        MISUSE
    }

    private record Field(String name, HoledText value) {}

    private final String method;
    private final HoledText target;
    private final List<Field> fields;
    private final @Nullable HoledText text;
    private final byte[] bytes;
    private final boolean gzip;
    private final Framing framing;
    private final boolean hostMissing;
    private final boolean hostMisused;

    private RequestTemplate(RecordedExchange exchange, RecordedRequest request, OldValues values, boolean remote)
            throws Unsendable {
        String reason = exchange.reason();
        boolean hosts = request.value("host") != null;
        // A browser's recording of HTTP/2 has the authority in the URL only; where Headgate saw no Host, there was
        // none.
        hostMissing = !hosts && exchange.requestId() == null;
        hostMisused = "host.invalid".equals(reason);
        method = request.method();
        checkToken(method, "method");
        checkTarget(request.target());
        target = values.holes(request.target(), Encoding.PERCENT);
        fields = new ArrayList<>(request.fields().size());
        for (RecordedField field : request.fields()) {
            if (field.name().startsWith(":")) {
                // Pseudo-header fields of HTTP/2 that a browser's recording lists among the others.
                continue;
            }
            checkToken(field.name(), "field name");
            checkValue(field);
            boolean masked = remote && SECRET.contains(field.name().toLowerCase(Locale.ROOT));
            fields.add(new Field(field.name(), values.holes(masked ? MASK : field.value(), encoding(field.name()))));
        }
        framing = framing(request);
        byte[] body = framing == Framing.MISUSE ? new byte[0] : body(request, reason);
        gzip = isGzip(request) && !startsLikeGzip(body);
        String decoded = utf8(body);
        text = decoded == null || decoded.isEmpty() ? null : values.holes(decoded, encoding(request, decoded));
        bytes = body;
    }

    /**
     * Finds the old values in a request.
     *
     * @param exchange that has a request
     * @param remote whether it goes to another machine, which gets no secret out of the recording
     * @throws Unsendable if it would not arrive as one request, or if too little of it was recorded
     */
    static RequestTemplate of(RecordedExchange exchange, RecordedRequest request, OldValues values, boolean remote)
            throws Unsendable {
        return new RequestTemplate(exchange, request, values, remote);
    }

    /** All old values in it. */
    List<OldValue> values() {
        List<OldValue> all = new ArrayList<>();
        add(all, target);
        fields.forEach(field -> add(all, field.value));
        if (text != null) {
            add(all, text);
        }
        return all;
    }

    private static void add(List<OldValue> all, HoledText text) {
        text.holes().forEach(hole -> all.add(hole.value()));
    }

    /** Whether another request may follow on the connection that this one was sent on. */
    boolean isReusable() {
        return framing != Framing.MISUSE;
    }

    String method() {
        return method;
    }

    /**
     * What is sent.
     *
     * @param host in the place of the recorded Host; null to leave that one
     * @param authorization in the place of the recorded field, or at the end; null to leave that
     * @throws Unsendable if a new value cannot stand where the old one stood
     */
    byte[] filled(@Nullable String host, @Nullable String authorization) throws Unsendable {
        byte[] body = text == null ? bytes : text.holes().isEmpty() ? bytes : utf8(text.filled());
        body = gzip ? gzipped(body) : body;
        StringBuilder head = new StringBuilder(512);
        String filledTarget = target.filled();
        checkTarget(filledTarget);
        head.append(method).append(' ').append(filledTarget).append(" HTTP/1.1\r\n");
        boolean hostDone = host == null || hostMisused;
        boolean authorized = authorization == null;
        boolean framed = framing == Framing.MISUSE || framing == Framing.NONE;
        for (Field field : fields) {
            String name = field.name.toLowerCase(Locale.ROOT);
            String value = field.value.filled();
            if (HOP_BY_HOP.contains(name) || name.equals("connection") && isPersistence(value)) {
                continue;
            }
            if (name.equals("host") && !hostDone && host != null) {
                hostDone = true;
                value = host;
            } else if (name.equals("authorization") && !authorized && authorization != null) {
                authorized = true;
                value = authorization;
            } else if (name.equals("content-length") && framing != Framing.MISUSE) {
                if (framing != Framing.LENGTH && body.length > 0) {
                    continue;
                }
                framed = true;
                value = String.valueOf(body.length);
            } else if (name.equals("transfer-encoding") && framing == Framing.CHUNKED) {
                framed = true;
            }
            line(head, field.name, value);
        }
        if (hostMissing && host != null) {
            line(head, "Host", host);
        }
        if (!authorized && authorization != null) {
            line(head, "Authorization", authorization);
        }
        if (!framed) {
            line(head, "Content-Length", String.valueOf(body.length));
        }
        return joined(head.append("\r\n").toString(), body);
    }

    private static void line(StringBuilder head, String name, String value) throws Unsendable {
        RecordedField field = new RecordedField(name, value);
        checkValue(field);
        head.append(name).append(": ").append(value).append("\r\n");
    }

    private byte[] joined(String head, byte[] body) {
        boolean latin = head.chars().allMatch(c -> c <= 0xff);
        Charset charset = latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
        ByteArrayOutputStream out = new ByteArrayOutputStream(head.length() + body.length + 16);
        out.writeBytes(head.getBytes(charset));
        if (framing != Framing.CHUNKED) {
            out.writeBytes(body);
            return out.toByteArray();
        }
        if (body.length > 0) {
            out.writeBytes((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(body);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private static Encoding encoding(String fieldName) {
        return switch (fieldName.toLowerCase(Locale.ROOT)) {
            case "referer", "origin", "cookie" -> Encoding.PERCENT;
            default -> Encoding.PLAIN;
        };
    }

    private static Encoding encoding(RecordedRequest request, String body) {
        String type = request.value("content-type");
        String lower = type == null ? "" : type.toLowerCase(Locale.ROOT);
        String start = body.stripLeading();
        if (lower.contains("json") || start.startsWith("{") || start.startsWith("[")) {
            return Encoding.JSON;
        }
        return lower.contains("x-www-form-urlencoded") ? Encoding.PERCENT : Encoding.PLAIN;
    }

    private static Framing framing(RecordedRequest request) {
        List<String> lengths = values(request, "content-length");
        List<String> codings = values(request, "transfer-encoding");
        if (lengths.size() + codings.size() > 1
                || lengths.stream().anyMatch(l -> !l.matches("[0-9]{1,18}"))
                || codings.stream().anyMatch(c -> !c.equalsIgnoreCase("chunked"))) {
            return Framing.MISUSE;
        }
        if (!codings.isEmpty()) {
            return Framing.CHUNKED;
        }
        boolean body = !lengths.isEmpty() || request.body().size() > 0;
        return body ? Framing.LENGTH : Framing.NONE;
    }

    private static List<String> values(RecordedRequest request, String name) {
        return request.fields().stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(RecordedField::value)
                .toList();
    }

    /** A body that the recording cuts short is filled up with blanks where nobody reads into it. */
    private static byte[] body(RecordedRequest request, @Nullable String reason) throws Unsendable {
        RecordedBody body = request.body();
        String length = request.value("content-length");
        if (!body.known()) {
            if (length != null && !length.matches("0+")) {
                throw new Unsendable("its body of " + length + " bytes was not recorded");
            }
            return new byte[0];
        }
        if (body.isComplete()) {
            return body.bytes();
        }
        String type = request.value("content-type");
        boolean read = type == null || type.toLowerCase(Locale.ROOT).contains("json");
        if (body.size() > LONGEST_FILLING || read && !"body.too_large".equals(reason)) {
            throw new Unsendable("of its body only " + body.bytes().length + " of " + body.size()
                    + " bytes were recorded (expected: all of it; capture.body says how much is kept)");
        }
        byte[] filled = Arrays.copyOf(body.bytes(), (int) body.size());
        Arrays.fill(filled, body.bytes().length, filled.length, (byte) ' ');
        return filled;
    }

    private static boolean isGzip(RecordedRequest request) {
        String coding = request.value("content-encoding");
        return coding != null && coding.equalsIgnoreCase("gzip");
    }

    private static boolean startsLikeGzip(byte[] body) {
        return body.length == 0 || body.length > 2 && body[0] == 0x1f && body[1] == (byte) 0x8b;
    }

    private static byte[] gzipped(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length);
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String utf8(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Whether it only says how long the connection lasts. Anything else that Connection names may be misuse. */
    private static boolean isPersistence(String value) {
        return value.equalsIgnoreCase("close") || value.equalsIgnoreCase("keep-alive");
    }

    private static void checkToken(String text, String what) throws Unsendable {
        boolean token = !text.isEmpty()
                && text.chars()
                        .allMatch(c ->
                                c < 0x80 && (Encoding.isAlphanumeric((char) c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0));
        if (!token) {
            throw new Unsendable("its " + what + " is no token (RFC 9110 section 5.6.2), so it cannot be sent");
        }
    }

    private static void checkTarget(String target) throws Unsendable {
        if (target.isEmpty() || !target.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new Unsendable("its target is empty or has an octet that must be escaped, so it cannot be sent");
        }
    }

    /** A CR or LF would make of one request two. */
    private static void checkValue(RecordedField field) throws Unsendable {
        if (field.value().chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
            throw new Unsendable("its field " + field.name() + " has a control character, so it cannot be sent");
        }
    }
}
