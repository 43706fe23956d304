package dev.headgate.replay;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One entry of an HTTP Archive, while it is read. Not thread-safe. */
final class HarEntry {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT);

    /** Schemes of what is in the memory of a browser and was never on a wire. */
    private static final Pattern OFF_THE_WIRE =
            Pattern.compile("(?:data|blob|about|file|filesystem|javascript|chrome|devtools|[a-z-]*-extension):.*");

    private static final Pattern WEB = Pattern.compile("(?:https?|wss?)://.*");
    private static final Pattern FORM_ENCODED = Pattern.compile("(?:[A-Za-z0-9*._+-]|%[0-9A-Fa-f]{2})*");

    private final String place;
    private final long before;
    private long start;
    private long duration = -1;
    private @Nullable Request request;
    private @Nullable RecordedResponse response;

    /**
     * @param place for people
     * @param before when the entry before began, in microseconds since the epoch; so does this one where it does not tell
     */
    HarEntry(String place, long before) {
        this.place = place;
        this.before = before;
        this.start = before;
    }

    /** In microseconds since the epoch. */
    long start() {
        return start;
    }

    void read(EntryReader reader) throws BadEntry {
        reader.object("entry", member -> {
            switch (member) {
                case "startedDateTime" -> start = micros(reader.text("startedDateTime"));
                case "time" -> {
                    double millis = reader.number("time", -1);
                    duration = millis < 0 ? -1 : Math.round(millis * 1000);
                }
                case "request" -> {
                    request = new Request();
                    request.read(reader);
                }
                case "response" -> response = reader.isNull() ? null : new Response().read(reader);
                default -> {}
            }
        });
    }

    private long micros(@Nullable String time) {
        try {
            if (time == null) {
                return before;
            }
            TemporalAccessor parsed = TIME.parseBest(time.strip(), OffsetDateTime::from, LocalDateTime::from);
            OffsetDateTime at = parsed instanceof OffsetDateTime offset
                    ? offset
                    : LocalDateTime.from(parsed).atOffset(ZoneOffset.UTC);
            return Recordings.micros(at.toInstant());
        } catch (DateTimeException | ArithmeticException e) {
            return before;
        }
    }

    /** What was read; null for what was never on a wire. */
    @Nullable
    RecordedExchange exchange() throws BadEntry {
        Request asked = request;
        if (asked == null) {
            throw new BadEntry("request: none (expected: an object)");
        }
        RecordedRequest recorded = asked.recorded();
        if (recorded == null) {
            return null;
        }
        boolean sanitized = recorded.value("Authorization") == null && recorded.value("Cookie") == null;
        return new RecordedExchange(place, start, duration, null, null, null, recorded, response, sanitized);
    }

    /** Fields, with the pseudo-fields of HTTP/2 and HTTP/3 (RFC 9113 section 8.3) apart. */
    private static final class Fields {
        final List<RecordedField> list = new ArrayList<>();
        private final boolean strict;

        @Nullable
        String authority;

        /**
         * @param strict whether an unreadable field spoils the entry; it is left out otherwise
         */
        Fields(boolean strict) {
            this.strict = strict;
        }

        void read(EntryReader reader, String what) throws BadEntry {
            reader.array(what, () -> {
                String[] pair = new String[2];
                reader.object(what, member -> {
                    switch (member) {
                        case "name" -> pair[0] = reader.text(what + ".name");
                        case "value" -> pair[1] = reader.text(what + ".value");
                        default -> {}
                    }
                });
                add(what, pair[0] == null ? "" : pair[0].strip(), pair[1] == null ? "" : pair[1]);
            });
        }

        private void add(String what, String name, String value) throws BadEntry {
            if (name.startsWith(":")) {
                if (name.equals(":authority")) {
                    authority = value;
                }
                return;
            }
            // Browsers put the values of several lines of one name into one text, with line feeds between.
            for (String line : value.split("\n", -1)) {
                try {
                    list.add(RequestLine.field(what, name, line));
                } catch (BadEntry e) {
                    if (strict) {
                        throw e;
                    }
                }
            }
        }

        @Nullable
        String value(String name) {
            return RecordedResponse.value(list, name);
        }
    }

    private static final class Request {
        private @Nullable String method;
        private @Nullable String url;
        private final Fields fields = new Fields(true);
        private double bodySize = -1;
        private boolean posted;
        private @Nullable String mimeType;
        private @Nullable String text;
        private @Nullable String encoding;
        private final List<String> params = new ArrayList<>();

        void read(EntryReader reader) throws BadEntry {
            reader.object("request", member -> {
                switch (member) {
                    case "method" -> method = reader.text("request.method");
                    case "url" -> url = reader.text("request.url");
                    case "headers" -> fields.read(reader, "request.headers");
                    case "bodySize" -> bodySize = reader.number("request.bodySize", -1);
                    case "postData" -> {
                        if (!reader.isNull()) {
                            posted = true;
                            postData(reader);
                        }
                    }
                    default -> {}
                }
            });
        }

        private void postData(EntryReader reader) throws BadEntry {
            reader.object("request.postData", member -> {
                switch (member) {
                    case "mimeType" -> mimeType = reader.text("request.postData.mimeType");
                    case "text" -> text = reader.text("request.postData.text");
                    case "encoding", "_encoding" -> encoding = reader.text("request.postData.encoding");
                    case "params" -> reader.array("request.postData.params", () -> param(reader));
                    default -> {}
                }
            });
        }

        private void param(EntryReader reader) throws BadEntry {
            String[] pair = new String[2];
            reader.object("request.postData.params", member -> {
                switch (member) {
                    case "name" -> pair[0] = reader.text("request.postData.params.name");
                    case "value" -> pair[1] = reader.text("request.postData.params.value");
                    default -> {}
                }
            });
            params.add(formEncoded(pair[0]) + "=" + formEncoded(pair[1]));
        }

        /** Some writers decode the parameters of a form, others leave them as they were. */
        private static String formEncoded(@Nullable String text) {
            return text == null
                    ? ""
                    : FORM_ENCODED.matcher(text).matches() ? text : URLEncoder.encode(text, StandardCharsets.UTF_8);
        }

        /** Null for what was never on a wire. */
        @Nullable
        RecordedRequest recorded() throws BadEntry {
            if (url == null) {
                throw new BadEntry("request.url: none (expected: an http or https URL)");
            }
            String lower = url.substring(0, Math.min(url.length(), 32)).toLowerCase(Locale.ROOT);
            if (OFF_THE_WIRE.matcher(lower).lookingAt()) {
                return null;
            }
            if (!WEB.matcher(lower).lookingAt()) {
                throw new BadEntry("request.url: no absolute http or https URL (expected: one)");
            }
            if (method == null || !RequestLine.isMethod(method)) {
                throw new BadEntry(
                        "request.method: " + (method == null ? "none" : "CONNECT".equals(method) ? method : "no method")
                                + " (expected: such as POST, and not CONNECT)");
            }
            int authority = url.indexOf("://") + 3;
            int path = authority;
            while (path < url.length() && "/?#".indexOf(url.charAt(path)) < 0) {
                path++;
            }
            int fragment = url.indexOf('#', path);
            String target = url.substring(path, fragment < 0 ? url.length() : fragment);
            if (fields.value("Host") == null) {
                String inUrl = url.substring(authority, path);
                String host = fields.authority != null ? fields.authority : inUrl.substring(inUrl.lastIndexOf('@') + 1);
                if (host.isEmpty()) {
                    throw new BadEntry("request.url: no host (expected: an http or https URL)");
                }
                fields.list.add(0, RequestLine.field("request.url", "Host", host));
            }
            return new RecordedRequest(
                    method,
                    RequestLine.target("request.url", target.startsWith("/") ? target : "/" + target),
                    List.copyOf(fields.list),
                    body());
        }

        private RecordedBody body() throws BadEntry {
            if (posted && text != null && !text.isEmpty()) {
                return RecordedBody.of(octets("request.postData.text", text, encoding));
            }
            if (posted && !params.isEmpty()) {
                boolean form = mimeType == null || mimeType.isEmpty() || mimeType.contains("x-www-form-urlencoded");
                return form
                        ? RecordedBody.of(String.join("&", params).getBytes(StandardCharsets.UTF_8))
                        : RecordedBody.UNKNOWN;
            }
            String length = fields.value("Content-Length");
            boolean left =
                    bodySize > 0 || length != null && !length.equals("0") || fields.value("Transfer-Encoding") != null;
            return left ? RecordedBody.UNKNOWN : RecordedBody.NONE;
        }
    }

    private static final class Response {
        /** A browser leaves out a byte order mark. */
        private static final int SLACK = 3;

        private final Fields fields = new Fields(false);
        private double status;
        private double size = -1;
        private @Nullable String text;
        private @Nullable String encoding;

        RecordedResponse read(EntryReader reader) throws BadEntry {
            reader.object("response", member -> {
                switch (member) {
                    case "status" -> status = reader.number("response.status", 0);
                    case "headers" -> fields.read(reader, "response.headers");
                    case "content" -> {
                        if (!reader.isNull()) {
                            content(reader);
                        }
                    }
                    default -> {}
                }
            });
            return new RecordedResponse(
                    RequestLine.status("response.status", (int) status), List.copyOf(fields.list), body());
        }

        private void content(EntryReader reader) throws BadEntry {
            reader.object("response.content", member -> {
                switch (member) {
                    case "size" -> size = reader.number("response.content.size", -1);
                    case "text" -> text = reader.text("response.content.text");
                    case "encoding" -> encoding = reader.text("response.content.encoding");
                    default -> {}
                }
            });
        }

        private RecordedBody body() throws BadEntry {
            if (text != null && !text.isEmpty()) {
                byte[] bytes = octets("response.content.text", text, encoding);
                return size > bytes.length + SLACK
                        ? new RecordedBody(bytes, (long) size, true)
                        : RecordedBody.of(bytes);
            }
            boolean none = status == 0 || status == 204 || status == 304 || size == 0 || text != null && size < 0;
            return none ? RecordedBody.NONE : RecordedBody.UNKNOWN;
        }
    }

    private static byte[] octets(String what, String text, @Nullable String encoding) throws BadEntry {
        if (encoding == null || !encoding.strip().equalsIgnoreCase("base64")) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new BadEntry(what + ": no Base64 (expected: RFC 4648 section 4, as its encoding tells)");
        }
    }
}
