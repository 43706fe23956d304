package dev.headgate.observe;

/** The methods that OpenTelemetry's HTTP conventions name; {@code _OTHER} is the rest. */
final class Methods {
    static final int COUNT = 10;

    private static final String[] NAMES = {
        "_OTHER", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"
    };

    private Methods() {}

    static int index(String method) {
        return switch (method) {
            case "GET" -> 1;
            case "POST" -> 2;
            case "HEAD" -> 3;
            case "PUT" -> 4;
            case "DELETE" -> 5;
            case "OPTIONS" -> 6;
            case "PATCH" -> 7;
            case "CONNECT" -> 8;
            case "TRACE" -> 9;
            default -> 0;
        };
    }

    static String label(String method) {
        return NAMES[index(method)];
    }
}
