package dev.headgate.replay;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Writes commands of curl for a POSIX shell. Each sends the recorded fields and no others; the length of its body curl
 * tells itself.
 */
final class CurlWriter implements ExchangeWriter {
    private static final String LEADING = """
            #!/bin/sh
            # Written by headgate export: one command for each request, in the order of the recording.
            # Credentials are masked. {{token:...}} stands for a token, the same one wherever it is the same;
            # put a real one in its place first:
            #   sed 's/{{token:0123...}}/THE-TOKEN/g' this-file | sh
            # {{masked}} stands for a cookie or a key, {{id:...}} for an id that a capture does not tell.
            """;

    /** Of one argument of a command: Linux takes 128 KiB at most. */
    private static final int LONGEST_ARGUMENT = 100_000;

    private static final int EXPECTS_CONTINUE = 1 << 20;

    /** What curl makes from the URL and the body. */
    private static final Set<String> ITS_OWN =
            Set.of("content-length", "transfer-encoding", "connection", "expect", "keep-alive", "upgrade");

    private final OutputStream out;

    CurlWriter(OutputStream out) throws IOException {
        this.out = new BufferedOutputStream(out, 1 << 16);
        text(LEADING);
    }

    private void text(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(RecordedExchange exchange) throws IOException {
        RecordedRequest request = exchange.request();
        if (request == null) {
            return;
        }
        RecordedResponse response = exchange.response();
        String was = response == null ? "no answer" : String.valueOf(response.status());
        String reason = exchange.reason() == null ? "" : " " + exchange.reason();
        text("\n");
        comment(exchange.place() + ", recorded: " + was + reason);
        RecordedBody body = request.body();
        if (!body.isComplete()) {
            comment("The recording has "
                    + (body.known()
                            ? "a part of its body only: " + body.bytes().length + " bytes of " + body.size()
                            : "not told its body."));
        }
        byte[] bytes = body.bytes();
        boolean piped = bytes.length > 0 && !fitsAnArgument(bytes);
        if (piped) {
            text("printf " + octets(bytes) + " |\n");
        }
        boolean head = request.method().equals("HEAD");
        text("curl -sS -i -g --path-as-is " + (head ? "--head" : "-X " + quoted(request.method())) + " "
                + quoted(HarWriter.url(request)));
        fields(request, bytes.length);
        if (bytes.length > 0) {
            text(" \\\n  --data-binary " + (piped ? "@-" : quoted(new String(bytes, StandardCharsets.UTF_8))));
        }
        text("\n");
    }

    private void comment(String text) throws IOException {
        text("# " + text.replaceAll("\\p{Cntrl}", "?") + "\n");
    }

    private void fields(RecordedRequest request, int bodyLength) throws IOException {
        for (RecordedField field : request.fields()) {
            String name = field.name().toLowerCase(Locale.ROOT);
            boolean inUrl = name.equals("host") && HarWriter.url(request).contains("//" + field.value() + "/");
            if (!ITS_OWN.contains(name) && !inUrl) {
                field(field.value().isEmpty() ? field.name() + ";" : field.name() + ": " + field.value());
            }
        }
        String encoding = request.value("Accept-Encoding");
        if (encoding != null && encoding.toLowerCase(Locale.ROOT).contains("gzip")) {
            text(" \\\n  --compressed");
        }
        for (String added : new String[] {"User-Agent", "Accept"}) {
            if (request.value(added) == null) {
                field(added + ":");
            }
        }
        if (bodyLength > 0 && request.value("Content-Type") == null) {
            field("Content-Type:");
        }
        if (bodyLength > EXPECTS_CONTINUE) {
            field("Expect:");
        }
    }

    private void field(String line) throws IOException {
        text(" \\\n  -H " + quoted(line));
    }

    private static boolean fitsAnArgument(byte[] bytes) {
        if (bytes.length > LONGEST_ARGUMENT || bytes[0] == '@' || !EntryReader.isUtf8(bytes, bytes.length)) {
            return false;
        }
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\t') {
                return false;
            }
        }
        return true;
    }

    /** For a POSIX shell, whatever it is. */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** The format of a printf that writes these octets. */
    private static String octets(byte[] bytes) {
        StringBuilder format = new StringBuilder(bytes.length * 2 + 2).append('\'');
        for (byte b : bytes) {
            if (b == '%') {
                format.append("%%");
            } else if (b >= ' ' && b < 0x7f && b != '\\' && b != '\'') {
                format.append((char) b);
            } else {
                format.append('\\')
                        .append((char) ('0' + (b >> 6 & 3)))
                        .append((char) ('0' + (b >> 3 & 7)))
                        .append((char) ('0' + (b & 7)));
            }
        }
        return format.append('\'').toString();
    }

    @Override
    public void close() throws IOException {
        out.flush();
    }
}
