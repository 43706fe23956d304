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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
    private static final int MOST_TOKENS = 20_000;

    /** A shorter token is masked where it is one, and not looked for elsewhere. */
    private static final int SHORTEST_SOUGHT = 8;

    private static final int LONGEST_SOUGHT = 16 << 10;
    private static final int LONGEST_PLAIN_SEGMENT = 19;

    private static final Set<String> MASKED_FIELDS =
            Set.of("cookie", "set-cookie", "proxy-authorization", "x-api-key", "authentication-info");
    private static final Pattern TELLING_FIELD = Pattern.compile("token|secret|api-?key|passw|^x-auth|^x-amz-security");
    private static final String TELLING = "token|jwt|auth|secret|passw|bearer|api_?key|cookie|credential";
    private static final Pattern TELLING_MEMBER = Pattern.compile("(?i)(?:" + TELLING + ")(?!.*(?:type|expir|scope))");
    private static final Pattern PARAMETER = Pattern.compile("(?i)((?:^|[?&;])(?:[^=&;?\\s]*(?:" + TELLING
            + "|%)[^=&;?\\s]*|key|code|sig|signature)=)([^&;#\\s\"'<>]+)");
    private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]*)?");

    /** Such as a broken client sends in the place of a token, and what stands in the place of a masked one. */
    private static final Pattern PLACEHOLDER = Pattern.compile(
            "(?i)undefined|null|none|nil|nan|\\[object object]|\\[?redacted]?|\\[filtered]|<.*>|\\{.*}|\\$[\\w{}()]+|\\*+");

    private static final Pattern SCHEME = Pattern.compile("(?i)bearer|basic|digest|negotiate|token|jwt");

    private static final JsonFactory JSON = new JsonFactory();

    private final KeyedHash hash;

    /** Tokens met so far, the oldest first, each with its placeholder. */
    private final LinkedHashMap<String, String> tokens = new LinkedHashMap<>();

    /** The same tokens by how they begin. */
    private final Map<String, List<String>> beginnings = new HashMap<>();

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
        String known = tokens.get(token);
        if (known != null) {
            return known;
        }
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        String placeholder = "{{token:" + hash.fingerprint(bytes, 0, bytes.length) + "}}";
        if (token.length() >= SHORTEST_SOUGHT && token.length() <= LONGEST_SOUGHT) {
            seek(token, placeholder);
            String escaped = URLEncoder.encode(token, StandardCharsets.UTF_8);
            if (!escaped.equals(token)) {
                seek(escaped, placeholder);
            }
        }
        return placeholder;
    }

    private void seek(String token, String placeholder) {
        tokens.put(token, placeholder);
        beginnings.computeIfAbsent(beginning(token, 0), b -> new ArrayList<>(1)).add(token);
        if (tokens.size() > MOST_TOKENS) {
            String oldest = tokens.keySet().iterator().next();
            tokens.remove(oldest);
            beginnings.computeIfPresent(beginning(oldest, 0), (b, all) -> {
                all.remove(oldest);
                return all.isEmpty() ? null : all;
            });
        }
    }

    private static String beginning(String text, int from) {
        return text.substring(from, from + SHORTEST_SOUGHT);
    }

    /** With every token that has been met, and every JSON Web Token, replaced. */
    private String text(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        int i = 0;
        while (!tokens.isEmpty() && i + SHORTEST_SOUGHT <= text.length()) {
            String token = i == 0 || !Character.isLetterOrDigit(text.charAt(i - 1)) ? tokenAt(text, i) : null;
            if (token == null) {
                i++;
                continue;
            }
            out.append(text, from, i).append(tokens.get(token));
            i += token.length();
            from = i;
        }
        String replaced =
                from == 0 ? text : out.append(text, from, text.length()).toString();
        return replaced.contains("eyJ")
                ? JWT.matcher(replaced).replaceAll(found -> Matcher.quoteReplacement(placeholder(found.group())))
                : replaced;
    }

    /** The longest of those that begin there. */
    private @Nullable String tokenAt(String text, int at) {
        String longest = null;
        List<String> candidates = beginnings.get(beginning(text, at));
        if (candidates != null) {
            for (String token : candidates) {
                boolean longer = longest == null || token.length() > longest.length();
                if (longer && text.startsWith(token, at)) {
                    longest = token;
                }
            }
        }
        return longest;
    }

    private String parameters(String text) {
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
                        && TELLING_MEMBER.matcher(name).find()
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
            // Cut off, or no JSON: what could be read of it is masked, and of the rest what looks like parameters is.
            return out.append(parameters(LOOSE_MEMBER
                            .matcher(text.substring(from))
                            .replaceAll(found -> Matcher.quoteReplacement(found.group(1) + MASKED + '"'))))
                    .toString();
        }
        return out.append(text, from, text.length()).toString();
    }

    private static final Pattern LOOSE_MEMBER = Pattern.compile(
            "(?i)(\"[^\"]{0,64}(?:" + TELLING + ")[^\"]{0,64}\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*+(?:\"|$)");
}
