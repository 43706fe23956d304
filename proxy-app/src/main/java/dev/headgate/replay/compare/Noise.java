package dev.headgate.replay.compare;

import dev.headgate.netty.TargetMask;
import dev.headgate.profile.Uuid;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is another each time and says nothing: ids, times and tokens. */
final class Noise {
    private static final String PLACEHOLDER = "\\{\\{(?:token:[^{}]*|id:[^{}]*|masked)}}";
    private static final String UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
    /** Fingerprints; those of digits alone do not look like tokens. */
    private static final String FINGERPRINT = "[0-9A-Fa-f]{32}(?![A-Za-z0-9_~+=.%-]*[A-Za-z0-9_~+=%-])";

    private static final String DATE = "\\d{4}-\\d\\d-\\d\\d";
    private static final String TIME =
            DATE + "[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?(?:Z|[+-]\\d\\d(?::?\\d\\d)?)?";
    private static final String HTTP_DATE =
            "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT";
    private static final String AGE = "\\d+(?:\\.\\d+)? ?(?:ms|s|min|h|d|(?:second|minute|hour|day)s?) (?:ago|old)\\b";
    private static final Pattern PARTS =
            Pattern.compile("(?<placeholder>" + PLACEHOLDER + ")|(?<id>" + UUID + ")|(?<fingerprint>" + FINGERPRINT
                    + ")|(?<time>" + TIME + "|" + HTTP_DATE + "|" + AGE + ")|[A-Za-z0-9_~+=.%-]++");
    private static final Pattern ONE_PLACEHOLDER = Pattern.compile(PLACEHOLDER);
    private static final Pattern ONE_DATE = Pattern.compile(DATE + "|" + TIME + "|" + HTTP_DATE);

    /** Private use, so that texts do not have them. */
    private static final char ID = '\uE000';

    private static final char TOKEN = '\uE001';
    private static final char MOMENT = '\uE002';
    private static final char ANY = '\uE003';

    private static final BigDecimal EPOCH_FROM = BigDecimal.valueOf(100_000_000L);
    private static final int EPOCH_DIGITS = 19;
    private static final Set<String> IDS =
            Set.of("id", "ids", "uuid", "guid", "instance", "traceparent", "contextid", "correlationid", "requestid");
    private static final Set<String> TIMES =
            Set.of("exp", "iat", "nbf", "ts", "created", "modified", "updated", "since");
    private static final Set<String> TOKENS =
            Set.of("token", "jwt", "secret", "passw", "apikey", "api_key", "credential");

    private Noise() {}

    static boolean isPlaceholder(String text) {
        return ONE_PLACEHOLDER.matcher(text).matches();
    }

    /** Whether a name is one that somebody generated, so that another stands there the next time. */
    static boolean isGenerated(String name) {
        return Uuid.is(name)
                || isPlaceholder(name)
                || TargetMask.isTokenLike(name)
                || !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /**
     * Whether two scalars differ at most in noise. Those of different types do differ.
     *
     * @param name of the member that they are of, or that their array is of; null at the root
     */
    static boolean same(@Nullable String name, @Nullable Object recorded, @Nullable Object replayed) {
        if (recorded instanceof String a && replayed instanceof String b) {
            return same(a, b) || name != null && sameUnder(name, a, b);
        }
        if (recorded instanceof BigDecimal a && replayed instanceof BigDecimal b) {
            return a.compareTo(b) == 0 || name != null && sameUnder(name, a, b);
        }
        if (recorded instanceof String a && isPlaceholder(a)) {
            return replayed instanceof BigDecimal;
        }
        return recorded == null ? replayed == null : recorded.equals(replayed);
    }

    private static boolean sameUnder(String name, String recorded, String replayed) {
        if (recorded.isEmpty() || replayed.isEmpty()) {
            return false;
        }
        return isId(name)
                || isToken(name)
                || isTime(name)
                        && ONE_DATE.matcher(recorded).matches()
                        && ONE_DATE.matcher(replayed).matches();
    }

    private static boolean sameUnder(String name, BigDecimal recorded, BigDecimal replayed) {
        if (isId(name)) {
            return true;
        }
        if (name.toLowerCase(Locale.ROOT).startsWith("expires")) {
            return recorded.signum() >= 0 && replayed.signum() >= 0;
        }
        return isTime(name) && isEpoch(recorded) && isEpoch(replayed) && digits(recorded) == digits(replayed);
    }

    private static boolean isEpoch(BigDecimal number) {
        return number.compareTo(EPOCH_FROM) >= 0 && digits(number) <= EPOCH_DIGITS;
    }

    private static int digits(BigDecimal number) {
        return number.precision() - number.scale();
    }

    private static boolean isId(String name) {
        return IDS.contains(name.toLowerCase(Locale.ROOT))
                || endsWith(name, "Id")
                || endsWith(name, "ID")
                || endsWith(name, "Ids");
    }

    private static boolean isTime(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return TIMES.contains(lower)
                || lower.startsWith("expires")
                || lower.endsWith("time")
                || lower.endsWith("date")
                || lower.endsWith("timestamp")
                || endsWith(name, "At")
                || name.startsWith("date") && name.length() > 4 && Character.isUpperCase(name.charAt(4));
    }

    private static boolean isToken(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return TOKENS.stream().anyMatch(lower::contains) && !lower.endsWith("type");
    }

    /** In camel case, or behind a low line or a hyphen in lower case: {@code guestId}, {@code guest_id}. */
    private static boolean endsWith(String name, String ending) {
        int at = name.length() - ending.length();
        if (at <= 0) {
            return false;
        }
        char before = name.charAt(at - 1);
        return name.endsWith(ending) && !Character.isUpperCase(before)
                || (before == '_' || before == '-') && name.regionMatches(true, at, ending, 0, ending.length());
    }

    /** Whether two texts differ in ids, times and tokens only; a placeholder stands for any text but none. */
    static boolean same(String recorded, String replayed) {
        if (recorded.equals(replayed)) {
            return true;
        }
        String a = without(recorded);
        String b = without(replayed);
        return a.equals(b) || a.indexOf(ANY) >= 0 && matches(a, b) || b.indexOf(ANY) >= 0 && matches(b, a);
    }

    /**
     * As {@link #same(String, String)}, for texts of which one or both may be beginnings only.
     *
     * @param recordedCut whether more followed
     * @param replayedCut whether more followed
     */
    static boolean same(String recorded, boolean recordedCut, String replayed, boolean replayedCut) {
        if (!recordedCut && !replayedCut) {
            return same(recorded, replayed);
        }
        String a = without(recordedCut ? wholeWords(recorded) : recorded);
        String b = without(replayedCut ? wholeWords(replayed) : replayed);
        return recordedCut && begins(a, b) || replayedCut && begins(b, a);
    }

    private static boolean begins(String beginning, String text) {
        return beginning.indexOf(ANY) < 0
                ? text.startsWith(beginning)
                : matches(beginning, text) || matches(beginning + ANY, text);
    }

    private static String wholeWords(String text) {
        int end = text.length();
        while (end > 0 && !Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static String without(String text) {
        Matcher parts = PARTS.matcher(text);
        StringBuilder out = new StringBuilder(text.length());
        int end = 0;
        while (parts.find()) {
            out.append(text, end, parts.start());
            end = parts.end();
            if (parts.group("placeholder") != null) {
                out.append(ANY);
            } else if (parts.group("id") != null) {
                out.append(ID);
            } else if (parts.group("time") != null) {
                out.append(MOMENT);
            } else if (parts.group("fingerprint") != null || TargetMask.isTokenLike(parts.group())) {
                out.append(TOKEN);
            } else {
                out.append(text, parts.start(), end);
            }
        }
        return out.append(text, end, text.length()).toString();
    }

    private static boolean matches(String pattern, String text) {
        int at = pattern.indexOf(ANY);
        if (!text.startsWith(pattern.substring(0, at))) {
            return false;
        }
        int from = at;
        while (true) {
            int next = pattern.indexOf(ANY, at + 1);
            if (next < 0) {
                String last = pattern.substring(at + 1);
                return text.length() - last.length() > from && text.endsWith(last);
            }
            String literal = pattern.substring(at + 1, next);
            int found = text.indexOf(literal, from + 1);
            if (found < 0) {
                return false;
            }
            from = found + literal.length();
            at = next;
        }
    }
}
