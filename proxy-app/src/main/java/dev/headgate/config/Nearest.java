package dev.headgate.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The word that somebody probably meant. */
final class Nearest {
    private Nearest() {}

    /** The nearest of the known words by Levenshtein distance, or null when none is near enough to be meant. */
    static @Nullable String to(String word, Collection<String> known) {
        String plain = plain(word);
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(plain, plain(candidate));
            if (distance < least && distance <= Math.max(1, Math.max(plain.length(), candidate.length()) / 2)) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** The known words as an expectation: {@code one of a, b; did you mean "b"?}. */
    static String oneOf(@Nullable String word, Collection<String> known) {
        return (known.isEmpty() ? "none, there are none" : "one of " + String.join(", ", known))
                + (word == null ? "" : hint(word, known));
    }

    /** {@code ; did you mean "b"?}, or nothing when none is near enough. */
    static String hint(String word, Collection<String> known) {
        String nearest = to(word, known);
        return nearest == null ? "" : "; did you mean " + Quoted.of(nearest) + "?";
    }

    private static String plain(String word) {
        String cut = word.length() > 64 ? word.substring(0, 64) : word;
        return cut.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int swap = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(swap, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
