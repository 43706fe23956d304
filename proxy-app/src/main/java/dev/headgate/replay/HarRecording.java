package dev.headgate.replay;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An HTTP Archive, version 1.2, whatever its writer adds, leaves out or orders otherwise. Not thread-safe. */
final class HarRecording implements Recording {
    private static final Pattern VERSION = Pattern.compile("1\\.[0-9]");

    private enum At {
        START,
        FILE,
        LOG,
        ENTRIES,
        END
    }

    private final String name;
    private final InputStream in;
    private final JsonScanner json;
    private final Problems problems;
    private At at = At.START;
    private boolean found;
    private int number;
    private long lastStart;

    /**
     * @param name of the file, for people
     */
    HarRecording(String name, InputStream in, Problems problems) {
        this.name = name;
        this.in = in;
        this.problems = problems;
        this.json = new JsonScanner(in, Recordings.LONGEST_ENTRY);
    }

    @Override
    public @Nullable RecordedExchange next() throws IOException {
        try {
            while (at != At.END) {
                RecordedExchange next = at == At.ENTRIES ? element() : null;
                if (next != null) {
                    return next;
                }
                if (at != At.ENTRIES) {
                    advance();
                }
            }
            return null;
        } catch (IOException e) {
            String place = at == At.ENTRIES ? place() : name;
            at = At.END;
            throw new IOException(place + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private String place() {
        return name + ": entry " + number;
    }

    /** One step outside of the entries. */
    private void advance() throws IOException {
        switch (at) {
            case START -> {
                json.expect('{', "{\"log\": ...}");
                at = At.FILE;
            }
            case FILE -> {
                if (!json.more('}')) {
                    end();
                } else if (json.name().equals("log")) {
                    json.expect('{', "an object as log");
                    at = At.LOG;
                } else {
                    json.skip();
                }
            }
            case LOG -> {
                if (json.more('}')) {
                    member(json.name());
                } else {
                    at = At.FILE;
                }
            }
            case ENTRIES, END -> throw new IllegalStateException(at.toString());
        }
    }

    private void member(String member) throws IOException {
        if (member.equals("entries")) {
            json.expect('[', "an array as log.entries");
            found = true;
            at = At.ENTRIES;
        } else if (member.equals("version")) {
            json.keep();
            String version = json.text().replace("\"", "").strip();
            // HAR 1.1's own rule: without a version, it is that one.
            if (!version.isEmpty() && !VERSION.matcher(version).matches()) {
                throw new IOException("log.version: " + Recordings.shown(version) + " (expected: 1.2)");
            }
        } else {
            json.skip();
        }
    }

    private void end() throws IOException {
        if (!found) {
            throw new IOException("no log.entries (expected: a HAR 1.2)");
        }
        if (json.peek() >= 0) {
            problems.found(name, "more behind the end of the log, at byte " + json.offset() + "; it is left out");
        }
        at = At.END;
    }

    /** The next entry that can be replayed, null after one that cannot, and after the last. */
    private @Nullable RecordedExchange element() throws IOException {
        number++;
        if (!json.more(']')) {
            at = At.LOG;
            return null;
        }
        json.keep();
        if (!json.isWhole()) {
            problems.found(
                    place(), "more than " + Recordings.LONGEST_ENTRY + " bytes (expected: less); it is left out");
            return null;
        }
        HarEntry entry = new HarEntry(place(), lastStart);
        try {
            EntryReader.read(json.kept(), json.length(), entry::read);
            RecordedExchange exchange = entry.exchange();
            lastStart = entry.start();
            return exchange;
        } catch (BadEntry e) {
            problems.found(place(), e.getMessage());
            return null;
        }
    }
}
