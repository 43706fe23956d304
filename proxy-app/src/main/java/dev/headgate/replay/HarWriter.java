package dev.headgate.replay;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Writes an HTTP Archive, version 1.2. */
final class HarWriter implements ExchangeWriter {
    static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private static final Pattern LOOPBACK = Pattern.compile("(?i)(?:localhost|127\\.[0-9.]+|\\[::1])(?::[0-9]+)?");

    private final JsonGenerator json;

    HarWriter(OutputStream out, String version) throws IOException {
        try {
            json = FACTORY.createGenerator(ObjectWriteContext.empty(), out);
            json.writeStartObject();
            json.writeObjectPropertyStart("log");
            json.writeStringProperty("version", "1.2");
            json.writeObjectPropertyStart("creator");
            json.writeStringProperty("name", "Headgate");
            json.writeStringProperty("version", version);
            json.writeEndObject();
            json.writeArrayPropertyStart("entries");
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }

    /** Recordings do not tell the scheme: only what is on the loopback is taken to be without TLS. */
    static String url(RecordedRequest request) {
        String host = request.value("Host");
        String authority = host == null || host.isEmpty() ? "localhost" : host;
        String target = request.target().startsWith("/") ? request.target() : "/";
        return (LOOPBACK.matcher(authority).matches() ? "http://" : "https://") + authority + target;
    }

    @Override
    public void write(RecordedExchange exchange) throws IOException {
        RecordedRequest request = exchange.request();
        if (request == null) {
            return;
        }
        try {
            entry(exchange, request);
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }

    private void entry(RecordedExchange exchange, RecordedRequest request) {
        double millis = Math.max(0, exchange.durationMicros()) / 1000.0;
        json.writeStartObject();
        json.writeStringProperty("startedDateTime", time(exchange.startMicros()));
        json.writeNumberProperty("time", millis);
        request(request);
        response(exchange.response());
        json.writeObjectPropertyStart("cache");
        json.writeEndObject();
        json.writeObjectPropertyStart("timings");
        json.writeNumberProperty("send", 0);
        json.writeNumberProperty("wait", millis);
        json.writeNumberProperty("receive", 0);
        json.writeEndObject();
        own("_requestId", exchange.requestId());
        own("_verdict", exchange.verdict());
        own("_reason", exchange.reason());
        json.writeEndObject();
    }

    static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }

    private void own(String name, @Nullable String value) {
        if (value != null) {
            json.writeStringProperty(name, value);
        }
    }

    private void request(RecordedRequest request) {
        json.writeObjectPropertyStart("request");
        json.writeStringProperty("method", request.method());
        json.writeStringProperty("url", url(request));
        json.writeStringProperty("httpVersion", "HTTP/1.1");
        empty("cookies");
        fields(request.fields());
        json.writeArrayPropertyStart("queryString");
        int query = request.target().indexOf('?');
        if (query >= 0) {
            for (String parameter : request.target().substring(query + 1).split("&", -1)) {
                int equals = parameter.indexOf('=');
                pair(
                        equals < 0 ? parameter : parameter.substring(0, equals),
                        equals < 0 ? "" : parameter.substring(equals + 1));
            }
        }
        json.writeEndArray();
        RecordedBody body = request.body();
        if (body.bytes().length > 0) {
            json.writeObjectPropertyStart("postData");
            json.writeStringProperty("mimeType", orEmpty(request.value("Content-Type")));
            octets(body);
            json.writeEndObject();
        }
        json.writeNumberProperty("headersSize", -1);
        json.writeNumberProperty("bodySize", body.known() ? body.size() : -1);
        json.writeEndObject();
    }

    private void response(@Nullable RecordedResponse response) {
        RecordedResponse shown = response == null ? new RecordedResponse(0, List.of(), RecordedBody.NONE) : response;
        RecordedBody body = shown.body();
        json.writeObjectPropertyStart("response");
        json.writeNumberProperty("status", shown.status());
        json.writeStringProperty("statusText", "");
        json.writeStringProperty("httpVersion", shown.status() == 0 ? "" : "HTTP/1.1");
        empty("cookies");
        fields(shown.fields());
        json.writeObjectPropertyStart("content");
        json.writeNumberProperty("size", body.known() ? body.size() : -1);
        json.writeStringProperty("mimeType", orEmpty(shown.value("Content-Type")));
        if (body.bytes().length > 0) {
            octets(body);
        }
        json.writeEndObject();
        json.writeStringProperty("redirectURL", orEmpty(shown.value("Location")));
        json.writeNumberProperty("headersSize", -1);
        json.writeNumberProperty("bodySize", -1);
        json.writeEndObject();
    }

    private void octets(RecordedBody body) {
        byte[] bytes = body.bytes();
        if (EntryReader.isUtf8(bytes, bytes.length)) {
            json.writeStringProperty("text", new String(bytes, StandardCharsets.UTF_8));
        } else {
            json.writeStringProperty("text", Base64.getEncoder().encodeToString(bytes));
            json.writeStringProperty("encoding", "base64");
        }
    }

    private void fields(List<RecordedField> fields) {
        json.writeArrayPropertyStart("headers");
        for (RecordedField field : fields) {
            pair(field.name(), field.value());
        }
        json.writeEndArray();
    }

    private void pair(String name, String value) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeStringProperty("value", value);
        json.writeEndObject();
    }

    private void empty(String name) {
        json.writeArrayPropertyStart(name);
        json.writeEndArray();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Override
    public void close() throws IOException {
        try {
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
            json.writeRaw('\n');
            json.close();
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }
}
