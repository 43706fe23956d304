package dev.headgate.replay;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Which exchanges of a recording are replayed. Immutable. */
public final class Filter {
    public static final Filter ALL = new Filter(List.of(), List.of());

    private static final Pattern STATUS = Pattern.compile("[1-5](xx|[0-9][0-9])");

    private final List<Predicate<RecordedExchange>> includes;
    private final List<Predicate<RecordedExchange>> excludes;

    private Filter(List<Predicate<RecordedExchange>> includes, List<Predicate<RecordedExchange>> excludes) {
        this.includes = includes;
        this.excludes = excludes;
    }

    /**
     * Reads expressions: {@code path=/api/*} ({@code *} for any characters), {@code method=POST}, {@code status=4xx} or
     * {@code status=404}.
     *
     * @param includes of which one must hold, unless there are none
     * @param excludes of which none may hold
     * @throws IllegalArgumentException if one is nothing of the kind
     */
    public static Filter of(List<String> includes, List<String> excludes) {
        return new Filter(
                includes.stream().map(text -> of("--include", text)).toList(),
                excludes.stream().map(text -> of("--exclude", text)).toList());
    }

    private static Predicate<RecordedExchange> of(String option, String text) {
        int equals = text.indexOf('=');
        String value = text.substring(equals + 1);
        switch (equals < 0 ? "" : text.substring(0, equals)) {
            case "path":
                Pattern glob = Pattern.compile(Pattern.quote(value).replace("*", "\\E.*\\Q"), Pattern.DOTALL);
                return exchange -> {
                    RecordedRequest request = exchange.request();
                    return request != null
                            && glob.matcher(path(request.target())).matches();
                };
            case "method":
                return exchange -> {
                    RecordedRequest request = exchange.request();
                    return request != null && request.method().equalsIgnoreCase(value);
                };
            case "status":
                String wanted = value.toLowerCase(Locale.ROOT);
                if (STATUS.matcher(wanted).matches()) {
                    return exchange -> {
                        RecordedResponse response = exchange.response();
                        return response != null && isOf(response.status(), wanted);
                    };
                }
                break;
            default:
                break;
        }
        throw new IllegalArgumentException(
                option + ": " + text + " (expected: path=GLOB, method=NAME, or status=4xx or status=404)");
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static boolean isOf(int status, String wanted) {
        return wanted.endsWith("xx") ? status / 100 == wanted.charAt(0) - '0' : wanted.equals(String.valueOf(status));
    }

    /** Whether it is left in. */
    public boolean wants(RecordedExchange exchange) {
        boolean included = includes.isEmpty() || includes.stream().anyMatch(one -> one.test(exchange));
        return included && excludes.stream().noneMatch(one -> one.test(exchange));
    }
}
