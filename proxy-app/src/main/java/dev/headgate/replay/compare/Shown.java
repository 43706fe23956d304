package dev.headgate.replay.compare;

import dev.headgate.netty.TargetMask;
import dev.headgate.netty.TellingText;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Profile;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedRequest;
import dev.headgate.replay.RecordedResponse;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes values of one exchange fit to be shown: what may be a token is masked, control characters are escaped, and what
 * is long is cut. For one thread.
 */
final class Shown {
    static final String MASK = "[masked]";
    private static final int LONGEST = 160;
    private static final int LONGEST_READ = 4096;
    private static final int SHORTEST_SECRET = 6;
    private static final int MOST_SECRETS = 64;

    /** In bytes of an answer. */
    private static final int LONGEST_LEARNED = 64 * 1024;

    private static final String CUT = "…";

    private static final Pattern CREDENTIALS = Pattern.compile("(?i)\\b(bearer|basic)(\\s+)(?!\\w+=\")[^\\s\",;<>]+");
    private static final Pattern TELLING = Pattern.compile(
            "(?i)(?<!\\{\\{(?=token:[0-9a-f]{32}}}))([\\w-]*(?:token|jwt|secret|passw|api_?key|authorization|signature)[\\w-]*[\"']?\\s*[=:]\\s*[\"']?)(?!\\{\\{)[^\\s\"'&;,<>]+");
    private static final String PLACEHOLDER = "\\{\\{(?:token|id):[0-9a-f]{32}}}";
    private static final Pattern WORD = Pattern.compile(PLACEHOLDER + "|[A-Za-z0-9_~+/=.%-]{4,}+");
    private static final List<String> TELLING_NAMES = List.of(
            "token",
            "jwt",
            "auth",
            "secret",
            "passw",
            "bearer",
            "apikey",
            "api_key",
            "signature",
            "credential",
            "cookie");

    private final @Nullable RecordedRequest request;
    private final @Nullable RecordedResponse recorded;
    private final @Nullable RecordedResponse replayed;

    /** Null until something is shown: of most exchanges nothing is. */
    private @Nullable List<String> secrets;

    private Shown(
            @Nullable RecordedRequest request,
            @Nullable RecordedResponse recorded,
            @Nullable RecordedResponse replayed) {
        this.request = request;
        this.recorded = recorded;
        this.replayed = replayed;
    }

    /** Masks the credentials of a request too, in Authorization and in the path, whatever they look like. */
    static Shown of(@Nullable RecordedRequest request) {
        return new Shown(request, null, null);
    }

    /** Masks what the answers tell of tokens too, as a create call's do. */
    static Shown of(RecordedExchange exchange, @Nullable RecordedResponse replayed) {
        return new Shown(exchange.request(), exchange.response(), replayed);
    }

    private List<String> secrets() {
        List<String> known = secrets;
        if (known == null) {
            known = new ArrayList<>(2);
            if (request != null) {
                learn(request, known);
            }
            learn(recorded, known);
            learn(replayed, known);
            secrets = known;
        }
        return known;
    }

    private static void learn(RecordedRequest request, List<String> secrets) {
        String value = request.value("authorization");
        if (value != null) {
            add(secrets, value.substring(value.lastIndexOf(' ') + 1));
        }
        String target = request.target();
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        for (Profile profile : BuiltInProfiles.ALL.values()) {
            var endpoint = profile.endpoint(request.method(), path);
            String variable = endpoint == null ? null : endpoint.tokenVariable();
            if (endpoint != null && variable != null) {
                add(secrets, endpoint.path().value(variable, path));
            }
        }
    }

    private static void learn(@Nullable RecordedResponse answer, List<String> secrets) {
        if (answer != null) {
            byte[] body = answer.body().bytes();
            int length = Math.min(body.length, LONGEST_LEARNED);
            TellingText.find(body, 0, length, (from, to) -> {
                String secret = new String(body, from, to - from, StandardCharsets.UTF_8);
                if (secrets.size() < MOST_SECRETS && !secrets.contains(secret)) {
                    add(secrets, secret);
                }
            });
        }
    }

    /** The methods of RFC 9110 and those like them. */
    static String method(RecordedRequest request) {
        String method = request.method();
        boolean plain = method.length() <= 12 && method.chars().allMatch(c -> c >= 'A' && c <= 'Z');
        return plain ? method : "other";
    }

    private static void add(List<String> secrets, String secret) {
        if (secret.length() >= SHORTEST_SECRET && !Noise.isPlaceholder(secret)) {
            secrets.add(secret);
        }
    }

    /** Of no exchange. */
    static Shown anywhere() {
        return new Shown(null, null, null);
    }

    /** A text of at most {@value #LONGEST} characters. */
    String text(String text) {
        return cut(masked(text), LONGEST);
    }

    /** A member's value; of objects and arrays their size only. */
    String value(@Nullable String name, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return "an object of " + map.size();
        }
        if (value instanceof List<?> list) {
            return "an array of " + list.size();
        }
        if (value instanceof String text) {
            return name != null && isTelling(name) && !text.isEmpty() ? MASK : '"' + text(text) + '"';
        }
        return value instanceof BigDecimal number ? text(number.toString()) : String.valueOf(value);
    }

    /** Path and query. */
    String target(String target) {
        String bare = bare(target);
        String decoded = decoded(bare);
        boolean hidden = decoded == null || !bare(decoded).equals(decoded);
        return hidden ? "/" + MASK : cut(escaped(TargetMask.of(bare)), LONGEST);
    }

    /** Without percent-encoding; null where that is broken and may hide something. */
    private @Nullable String decoded(String target) {
        if (secrets().isEmpty() || target.indexOf('%') < 0) {
            return target;
        }
        try {
            return URLDecoder.decode(target.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private String masked(String text) {
        if (isHarmless(text)) {
            return text;
        }
        String head = text;
        if (text.length() > LONGEST_READ) {
            int end = LONGEST_READ;
            // A part of a token does not look like one.
            while (end > 0 && !Character.isWhitespace(text.charAt(end - 1))) {
                end--;
            }
            head = text.substring(0, end) + CUT;
        }
        String plain = CREDENTIALS.matcher(bare(head)).replaceAll("$1$2" + MASK);
        plain = TELLING.matcher(plain).replaceAll("$1" + MASK);
        return escaped(WORD.matcher(plain).replaceAll(word -> {
            String part = word.group();
            return Matcher.quoteReplacement(part.charAt(0) != '{' && isTokenLike(part) ? MASK : part);
        }));
    }

    /** Whether nothing could be masked or escaped: such are nearly all codes. */
    private boolean isHarmless(String text) {
        if (text.length() > 19 || !secrets().isEmpty() || text.contains("eyJ")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || c == '=' || c == ':') {
                return false;
            }
        }
        return true;
    }

    /** Without the credentials of the request. */
    String bare(String text) {
        String bare = text;
        for (String secret : secrets()) {
            bare = bare.replace(secret, MASK);
        }
        return bare;
    }

    private static boolean isTelling(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return TELLING_NAMES.stream().anyMatch(lower::contains);
    }

    private static boolean isTokenLike(String word) {
        if (word.indexOf('/') < 0) {
            return TargetMask.isTokenLike(word);
        }
        for (String part : word.split("/", -1)) {
            if (TargetMask.isTokenLike(part)) {
                return true;
            }
        }
        // The alphabet of base64 has a slash.
        return word.charAt(0) != '/'
                && word.length() > 19
                && word.chars().anyMatch(Character::isDigit)
                && word.chars().anyMatch(Character::isUpperCase)
                && word.chars().anyMatch(Character::isLowerCase);
    }

    /** With what a terminal, a web page or XML might take amiss as an escape. */
    static String escaped(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.UNASSIGNED,
                        Character.PRIVATE_USE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR ->
                    out.append(c == '\n' ? "\\n" : c == '\t' ? "\\t" : String.format(Locale.ROOT, "\\u%04x", c));
                default -> out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = longest - 1;
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + CUT;
    }
}
