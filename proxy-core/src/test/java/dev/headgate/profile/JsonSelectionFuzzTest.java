package dev.headgate.profile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the octets, a JSON text is either refused or read as values that it has. */
class JsonSelectionFuzzTest {
    private static final JsonSelection SELECTION = JsonSelection.of(
            List.of("/guestId", "/a/b", "/list/0", "/list/1/x", "/~0~1", "/", "/scopes", "/member/id"));
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|(.))", Pattern.DOTALL);

    static Stream<byte[]> documents() {
        Stream<String> written = Stream.of(
                "{\"guestId\":\"g-1\",\"a\":{\"b\":17},\"list\":[true,{\"x\":null}],\"~/\":\"\\ud83d\\ude00\",\"\":\"\"}",
                "{\"guestId\":\"g\",\"guest\\u0049d\":\"h\"}",
                "{\"scopes\":[\"a\",\"b c\"],\"member\":{\"id\":\"\u00e9\u20ac\"}}",
                "[{\"guestId\":1}]",
                "{\"guestId\":\"\\ud800\"}",
                "\ufeff{}",
                "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}");
        Random random = new Random(3);
        Stream<String> made = IntStream.range(0, 50).mapToObj(n -> new RandomJson(random).text());
        return Stream.concat(written, made).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("documents")
    @FuzzTest(maxDuration = "10s")
    void json(byte[] data) {
        fuzzerTestOneInput(data);
    }

    /** The driver's own entry, for runs longer than a build. */
    public static void fuzzerTestOneInput(byte[] data) {
        byte[] longer = Arrays.copyOf(data, data.length + 3);
        Arrays.fill(longer, data.length, longer.length, (byte) '}');
        String whole = read(data, data.length);
        String part = read(longer, data.length);
        if (!whole.equals(part)) {
            throw new AssertionError(whole + " of a text, " + part + " of the same in a longer array");
        }
        if (!Arrays.equals(data, 0, data.length, longer, 0, data.length)) {
            throw new AssertionError("the octets were written to");
        }
    }

    private static String read(byte[] text, int length) {
        try {
            JsonValues values = SELECTION.read(text, length);
            StringBuilder all = new StringBuilder();
            String plain = unescaped(new String(text, 0, length, StandardCharsets.UTF_8));
            for (int i = 0; i < SELECTION.pointers().size(); i++) {
                String value = values.get(i);
                all.append(value).append('\n');
                if (value != null) {
                    check(value, plain);
                }
            }
            return all.toString();
        } catch (Unreadable e) {
            if (!e.what().startsWith("body: ")) {
                throw new AssertionError("a refusal says what is wrong, and not: " + e.what());
            }
            return e.what();
        }
    }

    /** An array's elements are joined by a blank, so each word for itself. */
    private static void check(String value, String plain) {
        if (value.isEmpty() || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new AssertionError("a value is some text that UTF-8 can hold");
        }
        for (String word : value.split(" ", -1)) {
            if (!plain.contains(word)) {
                throw new AssertionError("a value is not in the text: " + word);
            }
        }
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(String.valueOf(
                        found.group(1) != null
                                ? (char) Integer.parseInt(found.group(1), 16)
                                : "bfnrt".indexOf(found.group(2)) >= 0
                                        ? "\b\f\n\r\t".charAt("bfnrt".indexOf(found.group(2)))
                                        : found.group(2).charAt(0))));
    }
}
