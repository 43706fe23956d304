package dev.headgate.netty;

import java.util.Locale;

/** The transport that tests run on: {@code -Dtest.transport=io_uring}, {@code epoll} or {@code nio}; without it the best one. */
final class TestedTransport {
    private static final String NAME = System.getProperty("test.transport", "");

    private TestedTransport() {}

    static Transport get() {
        Transport wanted = NAME.isEmpty() ? Transport.best() : Transport.valueOf(NAME.toUpperCase(Locale.ROOT));
        return wanted.isAvailable() ? wanted : Transport.best();
    }
}
