package dev.headgate.replay;

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

    private static final JsonFactory JSON = new JsonFactory();

    private final KeyedHash hash;

    /** Tokens that are looked for everywhere, with their placeholders. */
    private final NavigableMap<String, String> sought = new TreeMap<>();

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
                request.method(),
                target(request.target()),
                fields(request.fields()),
                body(request.body(), request.value("Content-Encoding")));
    }

    private RecordedResponse masked(RecordedResponse response) {
        // Members of the body may tell tokens that fields repeat.
        RecordedBody body = body(response.body(), response.value("Content-Encoding"));
        return new RecordedResponse(response.status(), fields(response.fields()), body);
    }

    private void learn(RecordedRequest request, @Nullable RecordedResponse response) {
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
        int hash = text.charAt(at);
        for (int i = at + 1; i < at + SHORTEST_SOUGHT; i++) {
            hash = hash * 31 + text.charAt(i);
        }
        return (hash ^ hash >>> 16) & 0xffff;
    }

    /** With every token that has been met, and every JSON Web Token, replaced. */
    private String text(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        int plain = 0;
        int i = 0;
        while (i + SHORTEST_SOUGHT <= text.length()) {
            String token = null;
            if (i == 0 || !Character.isLetterOrDigit(text.charAt(i - 1))) {
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
            if (candidate == null || here.startsWith(candidate)) {
                return candidate;
            }
            // What is between a text and its beginning has that beginning too: a token can only be in the common part.
            int common = 0;
            while (common < candidate.length() && candidate.charAt(common) == here.charAt(common)) {
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
        String masked = parameters(text(target));
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
            masked.add(new RecordedField(field.name(), value(field.name().toLowerCase(Locale.ROOT), field.value())));
        }
        return masked;
    }

    private String value(String name, String value) {
        if (name.equals("authorization")) {
            return authorization(value);
        }
        if (value.isEmpty() || PLACEHOLDER.matcher(value).matches()) {
            return value;
        }
        if (MASKED_FIELDS.contains(name) || TELLING_FIELD.matcher(name).find()) {
            return MASKED;
        }
        return parameters(text(value));
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
        return rest == value.length()
                ? placeholder(value)
                : value.substring(0, rest) + placeholder(value.substring(rest));
    }

    private RecordedBody body(RecordedBody body, @Nullable String coding) {
        byte[] bytes = body.bytes();
        if (bytes.length == 0) {
            return body;
        }
        String masked;
        if (EntryReader.isUtf8(bytes, bytes.length)) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            char first =
                    text.stripLeading().isEmpty() ? ' ' : text.stripLeading().charAt(0);
            boolean json = first == '{' || first == '[';
            masked = json ? text(members(text)) : parameters(text(text));
            return masked.equals(text) ? body : replaced(body, masked.getBytes(StandardCharsets.UTF_8));
        }
        if (coding != null) {
            // Nobody can say what stands in it.
            return new RecordedBody(RecordedBody.UNKNOWN.bytes(), body.size(), false);
        }
        String octets = new String(bytes, StandardCharsets.ISO_8859_1);
        masked = text(octets);
        return masked.equals(octets) ? body : replaced(body, masked.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static RecordedBody replaced(RecordedBody body, byte[] bytes) {
        return body.isComplete()
                ? RecordedBody.of(bytes)
                : new RecordedBody(bytes, Math.max(body.size(), bytes.length + 1L), body.known());
    }

    /** A JSON text with the values of telling members replaced, and every other octet as it was. */
    private String members(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text.toCharArray())) {
            String name = "";
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME) {
                    name = parser.currentName();
                } else if (token == JsonToken.VALUE_STRING
                        && TELLING_MEMBER
                                .matcher(name.substring(0, Math.min(name.length(), LONGEST_NAME)))
                                .find()
                        && !parser.getString().isEmpty()) {
                    String value = parser.getString();
                    int start = (int) parser.currentTokenLocation().getCharOffset();
                    int end = (int) parser.currentLocation().getCharOffset();
                    out.append(text, from, start).append('"');
                    String masked = SCHEME.matcher(value).matches() ? value : placeholder(value);
                    out.append(masked.equals(value) ? text.substring(start + 1, end - 1) : masked)
                            .append('"');
                    from = end;
                }
            }
        } catch (JacksonException e) {
            // Cut off, or no JSON.
            return out.append(parameters(looseMembers(text.substring(from)))).toString();
        }
        return out.append(text, from, text.length()).toString();
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
