package dev.headgate.sandbox;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The knobs of a {@link Sandbox}.
 *
 * @param host the address to listen on
 * @param port 0 (any free port) to 65535
 * @param tokenLifetime how long a guest token is good for, 1 second to 365 days; told to the guest in whole seconds
 * @param delay how long each answer under {@code /api/v2/guests/} is held back, zero to 1 hour
 * @param injectedStatus 400 to 599 is the answer to every request that needs a token; 0 injects nothing
 * @param jwtTokens whether tokens look like a JWT (without any claim about a user); they are just as opaque
 * @param organizationId what {@code X-Genesys-Cloud-Id} must be under {@code /api/v2/guests/}; null: not checked
 * @param clock tells when tokens expire and when a minute of the rate limit begins
 */
public record SandboxConfig(
        String host,
        int port,
        Duration tokenLifetime,
        Duration delay,
        int injectedStatus,
        boolean jwtTokens,
        @Nullable String organizationId,
        InstantSource clock) {

    private static final Duration LONGEST_LIFETIME = Duration.ofDays(365);
    private static final Duration LONGEST_DELAY = Duration.ofHours(1);

    /** @throws IllegalArgumentException naming the value and its range */
    public SandboxConfig {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host: empty (expected: an address or a name)");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        if (tokenLifetime.compareTo(Duration.ofSeconds(1)) < 0 || tokenLifetime.compareTo(LONGEST_LIFETIME) > 0) {
            throw new IllegalArgumentException(
                    "token lifetime: " + tokenLifetime.toMillis() + "ms (expected: 1s to 365 days)");
        }
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay: " + delay.toMillis() + "ms (expected: 0ms to 1h)");
        }
        if (injectedStatus != 0 && (injectedStatus < 400 || injectedStatus > 599)) {
            throw new IllegalArgumentException("status: " + injectedStatus + " (expected: 0, or 400 to 599)");
        }
        if (organizationId != null && organizationId.isBlank()) {
            throw new IllegalArgumentException("organization: empty (expected: an organization id)");
        }
    }

    /** Any free port of 127.0.0.1, tokens for 15 minutes, nothing injected, no organization, the system's clock. */
    public static SandboxConfig defaults() {
        return new SandboxConfig(
                "127.0.0.1", 0, Duration.ofMinutes(15), Duration.ZERO, 0, false, null, InstantSource.system());
    }

    public SandboxConfig withHost(String value) {
        return new SandboxConfig(value, port, tokenLifetime, delay, injectedStatus, jwtTokens, organizationId, clock);
    }

    public SandboxConfig withPort(int value) {
        return new SandboxConfig(host, value, tokenLifetime, delay, injectedStatus, jwtTokens, organizationId, clock);
    }

    public SandboxConfig withTokenLifetime(Duration value) {
        return new SandboxConfig(host, port, value, delay, injectedStatus, jwtTokens, organizationId, clock);
    }

    public SandboxConfig withDelay(Duration value) {
        return new SandboxConfig(host, port, tokenLifetime, value, injectedStatus, jwtTokens, organizationId, clock);
    }

    public SandboxConfig withInjectedStatus(int value) {
        return new SandboxConfig(host, port, tokenLifetime, delay, value, jwtTokens, organizationId, clock);
    }

    public SandboxConfig withJwtTokens(boolean value) {
        return new SandboxConfig(host, port, tokenLifetime, delay, injectedStatus, value, organizationId, clock);
    }

    public SandboxConfig withOrganizationId(@Nullable String value) {
        return new SandboxConfig(host, port, tokenLifetime, delay, injectedStatus, jwtTokens, value, clock);
    }

    public SandboxConfig withClock(InstantSource value) {
        return new SandboxConfig(host, port, tokenLifetime, delay, injectedStatus, jwtTokens, organizationId, value);
    }
}
