package dev.headgate.replay;

import dev.headgate.netty.TellingText;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.JsonSelection;
import dev.headgate.profile.Learns;
import dev.headgate.profile.PathPattern;
import dev.headgate.profile.Profile;
import dev.headgate.profile.Unreadable;
import dev.headgate.profile.Uuid;
import dev.headgate.session.KeyedHash;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/**
 * Puts placeholders in the place of credentials: {@code {{token:32 hexadecimal digits}}}, one for all places where one
 * token stands, and {@code {{masked}}} for cookies and keys. What a token is, the fields say that carry credentials, the
 * built-in profiles, telling names in queries and bodies, and the form of JSON Web Tokens. Not
 * thread-safe.
 */
final class Masking {
    private static final String MASKED = "{{masked}}";
    private static final int MOST_TOKENS = 100_000;

    /** A shorter token is masked where it is one, and not looked for elsewhere. */
    private static final int SHORTEST_SOUGHT = 8;

    private static final int LONGEST_SOUGHT = 16 << 10;
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_PLAIN_SEGMENT = 19;

    private static final Set<String> MASKED_FIELDS =
            Set.of("cookie", "set-cookie", "proxy-authorization", "x-api-key", "authentication-info");
    private static final Pattern TELLING_FIELD = Pattern.compile("token|secret|api-?key|passw|^x-auth|^x-amz-security");
    private static final String TELLING = "token|jwt|auth|secret|passw|bearer|api_?key|cookie|credential";
    private static final Pattern TELLING_MEMBER = Pattern.compile("(?i)(?:" + TELLING + ")(?!.*(?:type|expir|scope))");
    private static final Pattern LOOSE_MEMBER =
            Pattern.compile("(?i)\"[^\"]{0,64}(?:" + TELLING + ")[^\"]{0,64}\"\\s{0,64}:\\s{0,64}\"");
    private static final Pattern PARAMETER = Pattern.compile("(?i)((?:^|[?&;])(?:[^=&;?\\s]{0,64}(?:" + TELLING
            + "|%)[^=&;?\\s]{0,64}|key|code|sig|signature)=)([^&;#\\s\"'<>]+)");
    /** Such as a broken client sends in the place of a token, and what stands in the place of a masked one. */
    private static final Pattern PLACEHOLDER = Pattern.compile(
            "(?i)undefined|null|none|nil|nan|\\[object object]|"
                    + "\\[?redacted]?|\\[filtered]|<[^<>]{0,62}>|\\{[\\w.-]{0,62}}|\\{\\{[\\w:.-]{0,60}}}|\\$[\\w{}()]{1,63}|\\*{1,64}");

    private static final Pattern SCHEME = Pattern.compile("(?i)bearer|basic|digest|negotiate|token|jwt");

    /** A word that has an escape of RFC 3986 section 2.1 in it. */
    private static final Pattern ESCAPED_WORD = Pattern.compile("[\\w.~+-]*+%[\\w.~+%-]*+");

    private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");
    private static final int MOST_DECODINGS = 3;
    private static final Pattern SEPARATOR = Pattern.compile("[\\s,;\"'=<>]+");
    private static final Pattern HAS_DIGIT = Pattern.compile("[0-9]");
    private static final int LONGEST_WORD = 12;

    /** How deep JSON in a string in JSON is looked into. */
    private static final int DEEPEST = 4;

    private static final JsonFactory JSON = new JsonFactory();

    private final KeyedHash hash;

    /** Tokens that are looked for everywhere, with their placeholders. */
    private final NavigableMap<String, String> sought = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /** The same tokens, the oldest first. */
    private final ArrayDeque<String> oldest = new ArrayDeque<>();

    private int longest;

    /** How tokens begin, by a hash: most places of a text are passed with one look here. */
    private final BitSet beginnings = new BitSet(1 << 16);

    /**
     * @param hash of the placeholders
     */
    Masking(KeyedHash hash) {
        this.hash = hash;
    }

    RecordedExchange masked(RecordedExchange exchange) {
        RecordedRequest request = exchange.request();
        RecordedResponse response = exchange.response();
        if (request != null) {
            learn(request, response);
        }
        return new RecordedExchange(
                exchange.place(),
                exchange.startMicros(),
                exchange.durationMicros(),
                exchange.requestId(),
                exchange.verdict(),
                exchange.reason(),
                request == null ? null : masked(request),
                response == null ? null : masked(response),
                exchange.sanitized());
    }

    private RecordedRequest masked(RecordedRequest request) {
        return new RecordedRequest(
                name(request.method()),
                target(request.target()),
                fields(request.fields()),
                body(request.body(), request.value("Content-Encoding")));
    }

    private RecordedResponse masked(RecordedResponse response) {
        // Members of the body may tell tokens that fields repeat.
        RecordedBody body = body(response.body(), response.value("Content-Encoding"));
        return new RecordedResponse(response.status(), fields(response.fields()), body);
    }

    /** A method, or the name of a field, which a placeholder cannot be. */
    private String name(String name) {
        return text(name).equals(name) ? name : "x-masked";
    }

    private void learn(RecordedRequest request, @Nullable RecordedResponse response) {
        tell(request.fields(), request.body());
        if (response != null) {
            tell(response.fields(), response.body());
        }
        for (RecordedField field : request.fields()) {
            if (field.name().equalsIgnoreCase("Authorization")) {
                authorization(field.value());
            }
        }
        String target = request.target();
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        for (Profile profile : BuiltInProfiles.ALL.values()) {
            Endpoint endpoint = profile.endpoint(request.method(), path);
            if (endpoint == null) {
                continue;
            }
            String variable = endpoint.tokenVariable();
            PathPattern pattern = endpoint.path();
            if (variable != null) {
                placeholder(pattern.value(variable, path));
            }
            Learns learns = endpoint.learns();
            if (learns != null && response != null && response.status() / 100 == 2) {
                learn(learns, response.body().bytes());
            }
        }
    }

    private void tell(List<RecordedField> fields, RecordedBody body) {
        for (RecordedField field : fields) {
            tell(field.value().getBytes(StandardCharsets.UTF_8));
        }
        tell(body.bytes());
    }

    private void tell(byte[] text) {
        TellingText.find(text, 0, text.length, (from, to) -> {
            String unused = placeholder(new String(text, from, to - from, StandardCharsets.UTF_8));
        });
    }

    private void learn(Learns learns, byte[] answer) {
        try {
            String token =
                    JsonSelection.of(learns.token()).read(answer, answer.length).first(learns.token());
            if (token != null) {
                placeholder(token);
            }
        } catch (Unreadable e) {
            // Then no proxy learns a token from it either; telling names are masked all the same.
        }
    }

    /** The placeholder of a token, which will be found elsewhere too. */
    private String placeholder(String token) {
        if (PLACEHOLDER.matcher(token).matches()) {
            return token;
        }
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        String placeholder = "{{token:" + hash.fingerprint(bytes, 0, bytes.length) + "}}";
        // A JSON Web Token is found by its form.
        if (token.length() >= SHORTEST_SOUGHT
                && token.length() <= LONGEST_SOUGHT
                && jwtEnd(token, 0) < token.length()) {
            seek(token, placeholder);
            seek(URLEncoder.encode(token, StandardCharsets.UTF_8), placeholder);
        }
        return placeholder;
    }

    private void seek(String token, String placeholder) {
        if (sought.put(token, placeholder) != null) {
            return;
        }
        longest = Math.max(longest, token.length());
        beginnings.set(beginning(token, 0));
        oldest.add(token);
        if (oldest.size() > MOST_TOKENS) {
            sought.remove(oldest.remove());
        }
    }

    private static int beginning(String text, int at) {
        int hash = 0;
        for (int i = at; i < at + SHORTEST_SOUGHT; i++) {
            hash = hash * 31 + folded(text.charAt(i));
        }
        return (hash ^ hash >>> 16) & 0xffff;
    }

    /** As {@link String#CASE_INSENSITIVE_ORDER} compares. */
    private static char folded(char c) {
        return Character.toLowerCase(Character.toUpperCase(c));
    }

    /** With every token that has been met, and every JSON Web Token, replaced. */
    private String text(String text) {
        String masked = plain(text, false);
        return masked.indexOf('%') < 0
                ? masked
                : ESCAPED_WORD.matcher(masked).replaceAll(word -> Matcher.quoteReplacement(escaped(word.group())));
    }

    /** A word in percent-encoding; masked as a whole where a token is behind it. */
    private String escaped(String word) {
        String decoded = word;
        for (int i = 0; i < MOST_DECODINGS && decoded.indexOf('%') >= 0; i++) {
            decoded = decoded(decoded);
            if (!plain(decoded, true).equals(decoded)) {
                return MASKED;
            }
        }
        return word;
    }

    /** Without percent-encoding; broken escapes stay. */
    private static String decoded(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(escape -> Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(escape.group().substring(1), 16))));
    }

    /**
     * The same, as it stands there.
     *
     * @param within whether tokens within words count too
     */
    private String plain(String text, boolean within) {
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        int plain = 0;
        int i = 0;
        while (i + SHORTEST_SOUGHT <= text.length()) {
            String token = null;
            if (within || i == 0 || !Character.isLetterOrDigit(text.charAt(i - 1))) {
                token = tokenAt(text, i);
            }
            int end = token != null ? i + token.length() : i < plain ? i : jwtEnd(text, i);
            if (end == i) {
                // Where one does not end that begins here, none ends that begins further on in the same word.
                plain = i >= plain && text.startsWith("eyJ", i) ? base64UrlEnd(text, i) : plain;
                i++;
                continue;
            }
            String placeholder = token == null ? placeholder(text.substring(i, end)) : sought.get(token);
            out.append(text, from, i).append(placeholder);
            i = end;
            from = end;
        }
        return from == 0 ? text : out.append(text, from, text.length()).toString();
    }

    /** Of the tokens that begin there, one. */
    private @Nullable String tokenAt(String text, int at) {
        if (!beginnings.get(beginning(text, at))) {
            return null;
        }
        String here = text.substring(at, Math.min(text.length(), at + longest));
        while (here.length() >= SHORTEST_SOUGHT) {
            String candidate = sought.floorKey(here);
            if (candidate == null || here.regionMatches(true, 0, candidate, 0, candidate.length())) {
                return candidate;
            }
            // What is between a text and its beginning has that beginning too: a token can only be in the common part.
            int common = 0;
            while (common < Math.min(candidate.length(), here.length())
                    && folded(candidate.charAt(common)) == folded(here.charAt(common))) {
                common++;
            }
            here = here.substring(0, common);
        }
        return null;
    }

    /** Where the JSON Web Token (RFC 7519) ends that begins there; {@code at} where none does. */
    private static int jwtEnd(String text, int at) {
        if (!text.startsWith("eyJ", at)) {
            return at;
        }
        int head = base64UrlEnd(text, at);
        if (head == text.length() || text.charAt(head) != '.') {
            return at;
        }
        int claims = base64UrlEnd(text, head + 1);
        if (claims == head + 1) {
            return at;
        }
        return claims < text.length() && text.charAt(claims) == '.' ? base64UrlEnd(text, claims + 1) : claims;
    }

    private static int base64UrlEnd(String text, int from) {
        int i = from;
        while (i < text.length()) {
            char c = text.charAt(i);
            boolean base64Url =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
            if (!base64Url) {
                break;
            }
            i++;
        }
        return i;
    }

    private String parameters(String text) {
        if (text.indexOf('=') < 0) {
            return text;
        }
        return PARAMETER
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1) + placeholder(found.group(2))));
    }

    private String target(String target) {
        String masked = text(parameters(text(target)));
        int query = masked.indexOf('?');
        String path = query < 0 ? masked : masked.substring(0, query);
        StringBuilder out = new StringBuilder(masked.length());
        for (String segment : path.split("/", -1)) {
            out.append(isTokenLike(segment) ? placeholder(segment) : segment).append('/');
        }
        out.setLength(out.length() - 1);
        return query < 0
                ? out.toString()
                : out.append(masked, query, masked.length()).toString();
    }

    private static boolean isTokenLike(String segment) {
        return segment.length() > LONGEST_PLAIN_SEGMENT
                && !Uuid.is(segment)
                && segment.indexOf('{') < 0
                && segment.chars().anyMatch(Character::isDigit)
                && segment.chars().anyMatch(Character::isLetter);
    }

    private List<RecordedField> fields(List<RecordedField> fields) {
        List<RecordedField> masked = new ArrayList<>(fields.size());
        for (RecordedField field : fields) {
            masked.add(
                    new RecordedField(name(field.name()), value(field.name().toLowerCase(Locale.ROOT), field.value())));
        }
        return masked;
    }

    private String value(String name, String value) {
        if (name.equals("authorization")) {
            return authorization(value);
        }
        if (MASKED_FIELDS.contains(name) || TELLING_FIELD.matcher(name).find()) {
            return value.isEmpty() || PLACEHOLDER.matcher(value).matches() ? value : MASKED;
        }
        return text(parameters(text(value)));
    }

    private String authorization(String value) {
        if (value.isEmpty()
                || PLACEHOLDER.matcher(value).matches()
                || SCHEME.matcher(value).matches()) {
            return value;
        }
        int word = 0;
        while (word < value.length() && value.charAt(word) != ' ' && value.charAt(word) != '\t') {
            word++;
        }
        int rest = word;
        while (rest < value.length() && (value.charAt(rest) == ' ' || value.charAt(rest) == '\t')) {
            rest++;
        }
        for (String part : SEPARATOR.split(value.substring(rest == value.length() ? 0 : rest))) {
            if (part.length() > LONGEST_WORD
                    || part.length() >= SHORTEST_SOUGHT
                            && HAS_DIGIT.matcher(part).find()) {
                String unused = placeholder(part);
            }
        }
        return rest == value.length()
                ? placeholder(value)
                : value.substring(0, rest) + placeholder(value.substring(rest));
    }

    private RecordedBody body(RecordedBody body, @Nullable String coding) {
        byte[] bytes = body.bytes();
        if (bytes.length == 0) {
            return body;
        }
        if (isOpaque(bytes)) {
            return new RecordedBody(RecordedBody.UNKNOWN.bytes(), body.size(), false);
        }
        String masked;
        if (EntryReader.isUtf8(bytes, bytes.length)) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            masked = isJson(text) ? text(members(text, 0)) : text(parameters(looseMembers(text(text))));
            return masked.equals(text) ? body : replaced(body, masked.getBytes(StandardCharsets.UTF_8));
        }
        if (coding != null) {
            // Nobody can say what stands in it.
            return new RecordedBody(RecordedBody.UNKNOWN.bytes(), body.size(), false);
        }
        String octets = new String(bytes, StandardCharsets.ISO_8859_1);
        masked = text(parameters(looseMembers(text(octets))));
        return masked.equals(octets) ? body : replaced(body, masked.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whether nobody can say what stands in it: compressed (gzip, Zstandard, ZIP), or UTF-16 with a telling name. */
    private static boolean isOpaque(byte[] bytes) {
        int first = bytes.length < 4
                ? 0
                : (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        if (first >>> 16 == 0x1f8b || first == 0x28b52ffd || first == 0x504b0304) {
            return true;
        }
        byte[] packed = new byte[bytes.length];
        int n = 0;
        for (byte octet : bytes) {
            if (octet != 0) {
                packed[n++] = octet;
            }
        }
        boolean[] tells = new boolean[1];
        if (n < bytes.length) {
            TellingText.find(packed, 0, n, (from, to) -> tells[0] = true);
        }
        return tells[0];
    }

    private static boolean isJson(String text) {
        int at = text.startsWith("\ufeff") ? 1 : 0;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() && (text.charAt(at) == '{' || text.charAt(at) == '[');
    }

    private static RecordedBody replaced(RecordedBody body, byte[] bytes) {
        return body.isComplete()
                ? RecordedBody.of(bytes)
                : new RecordedBody(bytes, Math.max(body.size(), bytes.length + 1L), body.known());
    }

    /**
     * A JSON text with the values of telling members replaced, and every other octet as it was.
     *
     * @param level how many JSON texts it stands in as a string
     */
    private String members(String json, int level) {
        if (json.startsWith("\ufeff")) {
            return '\ufeff' + members(json.substring(1), level);
        }
        StringBuilder out = new StringBuilder(json.length());
        int from = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json.toCharArray())) {
            boolean telling = false;
            int depth = 0;
            int tellingDepth = Integer.MAX_VALUE;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME) {
                    telling = isTelling(parser.currentName());
                    continue;
                }
                if (token.isStructStart()) {
                    depth++;
                    tellingDepth = telling ? Math.min(tellingDepth, depth) : tellingDepth;
                } else if (token.isStructEnd()) {
                    depth--;
                    tellingDepth = depth < tellingDepth ? Integer.MAX_VALUE : tellingDepth;
                    telling = false;
                } else if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
                    int start = (int) parser.currentTokenLocation().getCharOffset();
                    String value = parser.getString();
                    int end = (int) parser.currentLocation().getCharOffset();
                    boolean string = token == JsonToken.VALUE_STRING;
                    String masked = value(json, start, end, value, string, telling || depth >= tellingDepth, level);
                    if (!masked.equals(value)) {
                        end = string ? end : start + value.length();
                        out.append(json, from, start).append(quoted(masked));
                        from = end;
                    } else if (string) {
                        // What is cut off further on is masked without regard to what stands there.
                        out.append(json, from, end);
                        from = end;
                    }
                }
            }
        } catch (JacksonException e) {
            // Cut off, or no JSON.
            return out.append(parameters(looseMembers(json.substring(from)))).toString();
        }
        return out.append(json, from, json.length()).toString();
    }

    private static boolean isTelling(String name) {
        return TELLING_MEMBER
                .matcher(name.substring(0, Math.min(name.length(), LONGEST_NAME)))
                .find();
    }

    /** What is written for a string or a number. */
    private String value(String json, int start, int end, String value, boolean string, boolean telling, int level) {
        if (telling) {
            boolean counts = !string && value.length() < SHORTEST_SOUGHT;
            return value.isEmpty() || counts || SCHEME.matcher(value).matches() ? value : placeholder(value);
        }
        int escape = string ? json.indexOf('\\', start) : -1;
        if (escape < 0 || escape >= end) {
            return value;
        }
        return level < DEEPEST && isJson(value) ? text(members(value, level + 1)) : text(value);
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }

    /** What looks like a telling member in a text that is no JSON as a whole. */
    private static String looseMembers(String text) {
        Matcher matcher = LOOSE_MEMBER.matcher(text);
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        while (matcher.find(from)) {
            int end = matcher.end();
            while (end < text.length() && text.charAt(end) != '"') {
                end += text.charAt(end) == '\\' ? 2 : 1;
            }
            out.append(text, from, matcher.end()).append(MASKED);
            from = Math.min(end, text.length());
        }
        return out.append(text, from, text.length()).toString();
    }
}
