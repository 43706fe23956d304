package dev.headgate.config;

import io.netty.util.NetUtil;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A socket address as it is written in the configuration: {@code HOST:PORT}, or, of a listener, {@code systemd:NAME}.
 *
 * @param host a host name, an IPv4 address, or an IPv6 address without its brackets; not resolved
 * @param port 0 to 65535; 0 binds a free port
 * @param inherited the name of a listening socket that the process was started with, which has its address already;
 *     host and port are then empty and 0
 */
public record Address(String host, int port, @Nullable String inherited) {
    private static final String SYSTEMD = "systemd:";
    private static final Pattern SOCKET_NAME = Pattern.compile("[!-~&&[^:]]{1,255}");
    private static final Pattern NAME = Pattern.compile(
            "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    /** {@code HOST:PORT}. */
    public Address(String host, int port) {
        this(host, port, null);
    }

    /**
     * Reads {@code HOST:PORT} as {@link #parse} does, or {@code systemd:NAME} (systemd.socket(5), FileDescriptorName).
     *
     * @throws IllegalArgumentException when the text is neither
     */
    public static Address parseListener(String text) {
        if (!text.startsWith(SYSTEMD)) {
            return parse(text);
        }
        String name = text.substring(SYSTEMD.length());
        if (!SOCKET_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    Quoted.of(text) + " (expected: systemd:NAME, the FileDescriptorName of a socket)");
        }
        return new Address("", 0, name);
    }

    /**
     * Reads {@code HOST:PORT}; an IPv6 host stands in brackets (RFC 3986 section 3.2.2).
     *
     * @throws IllegalArgumentException when the text is no such address
     */
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (!NetUtil.isValidIpV6Address(host)) {
                throw malformed(text);
            }
        } else if (!isNameOrIpv4(host)) {
            throw malformed(text);
        }
        if (!PORT.matcher(port).matches() || Integer.parseInt(port) > 65535) {
            throw malformed(text);
        }
        return new Address(host, Integer.parseInt(port));
    }

    private static boolean isNameOrIpv4(String host) {
        return DIGITS_AND_DOTS.matcher(host).matches()
                ? NetUtil.isValidIpV4Address(host)
                : NAME.matcher(host).matches();
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                Quoted.of(text) + " (expected: HOST:PORT, such as 0.0.0.0:8080 or [::1]:8080)");
    }

    /** As it is written: {@code HOST:PORT}, an IPv6 host in brackets, or {@code systemd:NAME}. */
    @Override
    public String toString() {
        if (inherited != null) {
            return SYSTEMD + inherited;
        }
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
