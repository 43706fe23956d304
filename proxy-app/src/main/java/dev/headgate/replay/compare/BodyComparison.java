package dev.headgate.replay.compare;

import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the bodies of two answers: JSON by structure, text but for noise, all else by its bytes. Of one that was cut,
 * the part that was recorded is compared.
 */
final class BodyComparison {
    /** Of longer JSON this much is compared. */
    private static final int LARGEST_READ = 2 * 1024 * 1024;

    /** Longer texts are compared by their bytes. */
    private static final int LARGEST_TEXT = 256 * 1024;

    private static final int BEFORE = 40;
    private static final int AFTER = 400;

    private final IgnoredPaths ignored;

    BodyComparison(IgnoredPaths ignored) {
        this.ignored = ignored;
    }

    void compare(RecordedResponse recorded, RecordedResponse replayed, Shown shown, Consumer<Difference> found) {
        RecordedBody a = recorded.body();
        RecordedBody b = replayed.body();
        if (!a.known() || !b.known() || isSame(a, b)) {
            return;
        }
        if (a.size() == 0 || b.size() == 0) {
            differ(" " + type(recorded) + " -> " + type(replayed), size(a), size(b), found);
            return;
        }
        JsonTree one = json(recorded);
        JsonTree other = json(replayed);
        if (one != null && other != null) {
            new JsonComparison(ignored, one, other, shown, found).run();
        } else if (!ignored.contain(List.of())) {
            compareBytes(recorded, one, replayed, other, found);
        }
    }

    private void compareBytes(
            RecordedResponse recorded,
            @Nullable JsonTree one,
            RecordedResponse replayed,
            @Nullable JsonTree other,
            Consumer<Difference> found) {
        RecordedBody a = recorded.body();
        RecordedBody b = replayed.body();
        if (isUnreadable(recorded, one) || isUnreadable(replayed, other)) {
            return;
        }
        String typeOne = type(recorded);
        String typeOther = type(replayed);
        if (!typeOne.equals(typeOther)) {
            differ(" " + typeOne + " -> " + typeOther, size(a), size(b), found);
            return;
        }
        String textOne = text(a);
        String textOther = text(b);
        if (textOne == null || textOther == null) {
            differ("", size(a), size(b), found);
            return;
        }
        boolean readable = Math.max(a.bytes().length, b.bytes().length) <= LARGEST_TEXT;
        if (readable && Noise.same(textOne, !a.isComplete(), textOther, !b.isComplete())) {
            return;
        }
        int at = Arrays.mismatch(a.bytes(), b.bytes());
        int from = Math.max(0, Math.min(at, Math.min(textOne.length(), textOther.length())));
        found.accept(new Difference("body text", to -> excerpt(to, textOne, from), to -> excerpt(to, textOther, from)));
    }

    private static void differ(String what, String recorded, String replayed, Consumer<Difference> found) {
        found.accept(Difference.of("body" + what, recorded, replayed));
    }

    /** As far as both were recorded. */
    private static boolean isSame(RecordedBody a, RecordedBody b) {
        int one = a.bytes().length;
        int other = b.bytes().length;
        int both = Math.min(one, other);
        return Arrays.equals(a.bytes(), 0, both, b.bytes(), 0, both)
                && (one <= other || !b.isComplete())
                && (other <= one || !a.isComplete());
    }

    private static @Nullable JsonTree json(RecordedResponse response) {
        byte[] bytes = response.body().bytes();
        boolean cut = !response.body().isComplete() || bytes.length > LARGEST_READ;
        // The beginning of a text in brackets would pass for JSON.
        if (!isJson(response) && (cut || !looksLikeJson(bytes))) {
            return null;
        }
        return JsonTree.read(bytes.length > LARGEST_READ ? Arrays.copyOf(bytes, LARGEST_READ) : bytes, cut);
    }

    /** Whether too little was kept of a JSON body. */
    private static boolean isUnreadable(RecordedResponse response, @Nullable JsonTree tree) {
        return tree == null && isJson(response) && !response.body().isComplete();
    }

    private static boolean isJson(RecordedResponse response) {
        String type = response.value("content-type");
        return type != null && type.toLowerCase(Locale.ROOT).contains("json");
    }

    private static boolean looksLikeJson(byte[] bytes) {
        for (byte b : bytes) {
            if (b > ' ') {
                return b == '{' || b == '[';
            }
        }
        return false;
    }

    private static String type(RecordedResponse response) {
        RecordedBody body = response.body();
        if (body.size() == 0) {
            return "none";
        }
        return json(response) != null ? "json" : text(body) == null ? "binary" : "text";
    }

    private static @Nullable String text(RecordedBody body) {
        ByteBuffer bytes = ByteBuffer.wrap(body.bytes());
        if (!body.isComplete()) {
            bytes.limit(wholeCharacters(body.bytes()));
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return text.indexOf('\0') < 0 ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The length without a character whose end was cut off. */
    private static int wholeCharacters(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes.length - end < 3 && (bytes[end - 1] & 0xC0) == 0x80) {
            end--;
        }
        return end > 0 && (bytes[end - 1] & 0xC0) == 0xC0 ? end - 1 : bytes.length;
    }

    private static String size(RecordedBody body) {
        return body.size() == 0 ? "no body" : body.size() + " bytes";
    }

    /** From a little before where they part; whole words only, as a part of a token does not look like one. */
    private static String excerpt(Shown to, String text, int at) {
        int from = at <= BEFORE ? 0 : text.lastIndexOf(' ', at - BEFORE) + 1;
        int end = Math.min(text.length(), Math.max(from, at) + AFTER);
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return (from > 0 ? "…" : "") + to.text(text.substring(from, end));
    }
}
