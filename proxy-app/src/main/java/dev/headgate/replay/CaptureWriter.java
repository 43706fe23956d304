package dev.headgate.replay;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** Writes a capture, version 1: JSON, one exchange a line. What a recording of another kind cannot tell is null. */
final class CaptureWriter implements ExchangeWriter {
    private final JsonGenerator json;

    CaptureWriter(OutputStream out) {
        json = HarWriter.FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    @Override
    public void write(RecordedExchange exchange) throws IOException {
        try {
            line(exchange);
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }

    private void line(RecordedExchange exchange) {
        json.writeStartObject();
        json.writeNumberProperty("version", CaptureRecording.VERSION);
        json.writeStringProperty("time", HarWriter.time(exchange.startMicros()));
        text("request_id", exchange.requestId());
        text("verdict", exchange.verdict());
        text("reason", exchange.reason());
        RecordedRequest request = exchange.request();
        if (request == null) {
            json.writeNullProperty("request");
        } else {
            json.writeObjectPropertyStart("request");
            json.writeStringProperty("method", request.method());
            json.writeStringProperty("target", request.target());
            json.writeStringProperty("version", "HTTP/1.1");
            message(request.fields(), request.body());
        }
        RecordedResponse response = exchange.response();
        if (response == null) {
            json.writeNullProperty("response");
        } else {
            json.writeObjectPropertyStart("response");
            json.writeNumberProperty("status", response.status());
            message(response.fields(), response.body());
        }
        json.writeNullProperty("aborted");
        if (exchange.durationMicros() >= 0) {
            json.writeObjectPropertyStart("timings");
            json.writeNumberProperty("total_us", exchange.durationMicros());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void text(String name, @Nullable String value) {
        if (value == null) {
            json.writeNullProperty(name);
        } else {
            json.writeStringProperty(name, value);
        }
    }

    private void message(List<RecordedField> fields, RecordedBody body) {
        json.writeArrayPropertyStart("fields");
        for (RecordedField field : fields) {
            json.writeStartArray();
            json.writeString(field.name());
            json.writeString(field.value());
            json.writeEndArray();
        }
        json.writeEndArray();
        if (body.known() && body.size() == 0) {
            json.writeNullProperty("body");
        } else {
            json.writeObjectPropertyStart("body");
            if (body.known()) {
                octets(body.bytes());
                if (!body.isComplete()) {
                    json.writeNumberProperty("size", body.size());
                }
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void octets(byte[] bytes) {
        if (EntryReader.isUtf8(bytes, bytes.length)) {
            json.writeStringProperty("text", new String(bytes, StandardCharsets.UTF_8));
        } else {
            json.writeStringProperty("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    @Override
    public void close() throws IOException {
        try {
            json.close();
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }
}
