package dev.headgate.sandbox;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer with Genesys' error body, thrown from wherever the request turns out to be wrong. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final String text;
    private final transient Map<String, String> fields;

    Refusal(int status, String code, String text) {
        this(status, code, text, Map.of());
    }

    Refusal(int status, String code, String text, Map<String, String> fields) {
        super(text, null, false, false);
        this.status = status;
        this.code = code;
        this.text = text;
        this.fields = fields;
    }

    static Refusal unauthenticated(String code, String text) {
        return new Refusal(401, code, text, Map.of("WWW-Authenticate", "Bearer"));
    }

    static Refusal badCredentials() {
        return unauthenticated("bad.credentials", "Invalid login credentials.");
    }

    static Refusal expired() {
        return unauthenticated("credentials.expired", "The supplied credentials are expired.");
    }

    static Refusal forbidden() {
        return new Refusal(403, "not.authorized", "User not authenticated");
    }

    static Refusal badRequest(String text) {
        return new Refusal(400, "bad.request", text);
    }

    static Refusal notFound() {
        return new Refusal(404, "not.found", "The requested resource was not found");
    }

    /** Refuses every request when the configuration asks for it. */
    static void throwIfInjected(SandboxConfig config) {
        if (config.injected().status() != 0) {
            throw injected(config.injected().status(), config.injected().errorCode());
        }
    }

    private static Refusal injected(int status, @Nullable String errorCode) {
        String code = errorCode != null ? errorCode : defaultCode(status);
        Map<String, String> fields =
                switch (status) {
                    case 401 -> Map.of("WWW-Authenticate", "Bearer");
                    case 429, 503 -> Map.of("Retry-After", "1");
                    default -> Map.of();
                };
        return new Refusal(status, code, "Injected by the sandbox", fields);
    }

    private static String defaultCode(int status) {
        return switch (status) {
            case 400 -> "bad.request";
            case 401 -> "bad.credentials";
            case 403 -> "not.authorized";
            case 404 -> "not.found";
            case 429 -> "too.many.requests";
            case 500 -> "internal.server.error";
            case 502 -> "bad.gateway";
            case 503 -> "service.unavailable";
            case 504 -> "gateway.timeout";
            default -> "sandbox.injected";
        };
    }

    int status() {
        return status;
    }

    /** Genesys' dotted code. */
    String code() {
        return code;
    }

    String text() {
        return text;
    }

    Map<String, String> fields() {
        return fields;
    }
}
