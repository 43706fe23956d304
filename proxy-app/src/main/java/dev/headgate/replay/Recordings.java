package dev.headgate.replay;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Opens recordings: what kind a file is of, its content tells and not its name. */
public final class Recordings {
    /** The form of a capture's times; a digit for each 0. */
    private static final String MICROS = "0000-00-00T00:00:00.000000Z";

    /** The bytes of one entry, as JSON or as GoReplay's text, that are loaded; longer ones are left out. */
    static final int LONGEST_ENTRY = 16 << 20;

    private static final int BUFFER = 1 << 16;
    private static final String EXPECTED =
            " (expected: a HAR 1.2, a capture of Headgate or a GoReplay file, each as it is, or by gzip or zstd)";
    private static final Pattern GOR = Pattern.compile("[123] [0-9A-Za-z-]+ [0-9]+(?: -?[0-9]+)?\r?\n");
    private static final JsonFactory JSON = new JsonFactory();

    private Recordings() {}

    /**
     * Opens a file.
     *
     * @param problems told of entries that cannot be replayed, on the thread that reads
     * @throws IOException if there is no such file, or it is no recording; the message names the file and what was expected
     */
    public static Recording open(Path file, Recording.Problems problems) throws IOException {
        String name = file.toString();
        if (Files.isDirectory(file)) {
            throw new IOException(name + ": a directory" + EXPECTED);
        }
        InputStream in;
        try {
            in = Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw new IOException(name + ": no such file" + EXPECTED, e);
        } catch (AccessDeniedException e) {
            throw new IOException(name + ": not readable by this user", e);
        }
        Path last = file.getFileName();
        return open(last == null ? name : last.toString(), name, in, problems);
    }

    /**
     * Opens what a stream gives.
     *
     * @param name of it, for people
     * @param in closed with the recording, and where this fails
     * @param problems told of entries that cannot be replayed, on the thread that reads
     * @throws IOException if it is no recording; the message names it and what was expected
     */
    public static Recording open(String name, InputStream in, Recording.Problems problems) throws IOException {
        return open(name, name, in, problems);
    }

    private static Recording open(String name, String path, InputStream in, Recording.Problems problems)
            throws IOException {
        boolean opened = false;
        try {
            Recording recording = recognized(name, in, problems);
            opened = true;
            return recording;
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        } finally {
            if (!opened) {
                in.close();
            }
        }
    }

    private static Recording recognized(String name, InputStream raw, Recording.Problems problems) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
        byte[] start = start(in);
        if (begins(start, 0x1f, 0x8b)) {
            in = new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER);
            start = start(in);
        } else if (begins(start, 0x28, 0xb5, 0x2f, 0xfd)) {
            in = new BufferedInputStream(new ZstdInputStreamNoFinalizer(in), BUFFER);
            start = start(in);
        }
        if (begins(start, 0xfe, 0xff) || begins(start, 0xff, 0xfe)) {
            throw new IOException("UTF-16 (expected: UTF-8)");
        }
        int from = 0;
        if (begins(start, 0xef, 0xbb, 0xbf)) {
            from = 3;
            in.skipNBytes(3);
        }
        int first = from;
        while (first < start.length && start[first] <= ' ' && start[first] >= 0) {
            first++;
        }
        if (first == start.length) {
            throw new IOException((start.length == 0 ? "empty" : "nothing but blanks") + EXPECTED);
        }
        if (start[first] == '{') {
            return json(name, in, start, first, problems);
        }
        String line = new String(start, from, Math.min(200, start.length - from), StandardCharsets.ISO_8859_1);
        if (GOR.matcher(line).lookingAt()) {
            return new GorRecording(name, in, problems);
        }
        throw new IOException("no recording" + EXPECTED);
    }

    private static Recording json(String name, InputStream in, byte[] start, int from, Recording.Problems problems)
            throws IOException {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), start, from, start.length - from)) {
            parser.nextToken();
            for (String member = parser.nextName(); member != null; member = parser.nextName()) {
                JsonToken value = parser.nextToken();
                if (member.equals("log")) {
                    return new HarRecording(name, in, problems);
                }
                if (member.equals("version") && value.isScalarValue()) {
                    checkVersion(parser.getString());
                    return new CaptureRecording(name, in, problems);
                }
                parser.skipChildren();
            }
        } catch (JacksonException e) {
            boolean ended = start.length < BUFFER;
            throw new IOException(
                    (ended
                                    ? "no well-formed JSON, or cut off"
                                    : "JSON without log or version in its first " + BUFFER + " bytes")
                            + EXPECTED,
                    e);
        }
        throw new IOException("JSON without log or version" + EXPECTED);
    }

    private static void checkVersion(@Nullable String version) throws IOException {
        if (!String.valueOf(CaptureRecording.VERSION).equals(version)) {
            throw new IOException("version: " + shown(String.valueOf(version)) + " (expected: "
                    + CaptureRecording.VERSION + ", the only one that this Headgate reads)");
        }
    }

    /**
     * Microseconds since the epoch. The JDK's own count goes by nanoseconds in a long, which end in 2262.
     *
     * @throws ArithmeticException if they are too many for a long
     */
    static long micros(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000), time.getNano() / 1000);
    }

    /**
     * Reads a time in UTC such as {@code 2026-11-25T16:00:00.123456Z}; the form that captures have quickly, others by {@link
     * Instant#parse}.
     *
     * @return microseconds since the epoch
     * @throws DateTimeException if it is none
     */
    static long micros(String time) {
        for (int i = 0; i < MICROS.length(); i++) {
            char expected = MICROS.charAt(i);
            if (time.length() != MICROS.length() || expected != '0' && time.charAt(i) != expected) {
                return micros(Instant.parse(time));
            }
        }
        long day = LocalDate.of(digits(time, 0, 4), digits(time, 5, 7), digits(time, 8, 10))
                .toEpochDay();
        LocalTime clock = LocalTime.of(digits(time, 11, 13), digits(time, 14, 16), digits(time, 17, 19));
        return (day * 86_400 + clock.toSecondOfDay()) * 1_000_000 + digits(time, 20, 26);
    }

    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new DateTimeException("no digit at " + i);
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Short, and without what a terminal might take for more than text. */
    static String shown(String text) {
        String shown = text.replaceAll("[^\\x20-\\x7e]", "?");
        return shown.length() <= 20 ? shown : shown.substring(0, 20) + "...";
    }

    /** The first octets, without passing them. */
    private static byte[] start(BufferedInputStream in) throws IOException {
        in.mark(BUFFER);
        byte[] start = in.readNBytes(BUFFER);
        in.reset();
        return start;
    }

    private static boolean begins(byte[] start, int... octets) {
        if (start.length < octets.length) {
            return false;
        }
        for (int i = 0; i < octets.length; i++) {
            if ((start[i] & 0xff) != octets[i]) {
                return false;
            }
        }
        return true;
    }
}
