package dev.headgate.capture;

import dev.headgate.http.StreamFields;
import dev.headgate.netty.ExchangeRecord;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** Writes fields as arrays of a name and a value, masked by what each is. For one thread. */
final class MaskedFields {
    /** Version 00 of W3C Trace Context, section 3.2. */
    private static final Pattern TRACE = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private static final byte[] MASKED_NAME = JsonText.ascii("x-masked");

    private final CapturedParts parts;
    private final MaskedText texts;
    private final JsonText out;
    private final Redactions found = new Redactions();

    MaskedFields(CapturedParts parts, MaskedText texts, JsonText out) {
        this.parts = parts;
        this.texts = texts;
        this.out = out;
    }

    /**
     * Writes an array of them.
     *
     * @param record of the exchange that they belong to
     * @param http2 whether they were sent as fields of HTTP/2: then without those of a connection, in lower case
     */
    void write(FieldLines lines, ExchangeRecord record, boolean http2) {
        byte[] bytes = lines.bytes();
        out.raw('[');
        boolean first = true;
        for (int i = 0; i < lines.count(); i++) {
            int from = lines.nameStart(i);
            int to = lines.nameEnd(i);
            if (http2 && StreamFields.isOfTheConnection(bytes, from, to)) {
                continue;
            }
            out.raw(first ? '[' : ',');
            if (!first) {
                out.raw('[');
            }
            first = false;
            out.raw('"');
            name(bytes, from, to, http2);
            out.raw('"').raw(',').raw('"');
            value(lines, i, record);
            out.raw('"').raw(']');
        }
        out.raw(']');
    }

    /** What replaces one is a name, too. */
    private void name(byte[] bytes, int from, int to, boolean http2) {
        if (texts.hasKnown(bytes, from, to) || Secrets.looksRandom(bytes, from, to)) {
            out.raw(MASKED_NAME);
        } else if (http2) {
            byte[] lower = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
                    .toLowerCase(Locale.ROOT)
                    .getBytes(StandardCharsets.ISO_8859_1);
            out.escapeOctets(lower, 0, lower.length);
        } else {
            out.escapeOctets(bytes, from, to);
        }
    }

    private void value(FieldLines lines, int i, ExchangeRecord record) {
        byte[] bytes = lines.bytes();
        int from = lines.valueStart(i);
        int to = lines.valueEnd(i);
        FieldMask.Kind kind = lines.kind(i);
        if (kind == FieldMask.Kind.SECRET) {
            out.raw(Secrets.MASKED);
            return;
        }
        found.clear();
        boolean guess = kind != FieldMask.Kind.OPAQUE && kind != FieldMask.Kind.TYPE;
        if (kind == FieldMask.Kind.CREDENTIAL) {
            parts.secrets().credential(bytes, from, to, found);
        } else if (kind == FieldMask.Kind.URI) {
            int query = from;
            while (query < to && bytes[query] != '?' && bytes[query] != '#') {
                query++;
            }
            parts.query(bytes, Math.min(query + 1, to), to, found);
        } else if (to - from == record.requestId().length() || kind == FieldMask.Kind.TRACE) {
            String value = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
            guess &= !value.equals(record.requestId()) && !TRACE.matcher(value).matches();
        }
        texts.octets(bytes, from, to, found, guess);
    }
}
