package dev.headgate.sandbox;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The knobs of a {@link Sandbox}.
 *
 * @param host the address to listen on
 * @param port 0 (any free port) to 65535
 * @param tokenLifetime how long a token, or a session where it is the credential, is good for, 1 second to 365 days; told
 *     in whole seconds
 * @param delay how long each answer of an API, that is of all but {@code /api/v2/status} and {@code /sandbox/}, is held
 *     back, zero to 1 hour
 * @param injected the answer to every request that needs a credential
 * @param jwtTokens whether guest tokens look like a JWT (without any claim about a user); they are just as opaque
 * @param organizationId what {@code X-Genesys-Cloud-Id} must be under {@code /api/v2/guests/}; null: not checked
 * @param entryPoint what guests must bring to post a message to {@code /api/v2/guests/messages}
 * @param clock tells when tokens expire and when a minute of the rate limit begins
 */
public record SandboxConfig(
        String host,
        int port,
        Duration tokenLifetime,
        Duration delay,
        Injected injected,
        boolean jwtTokens,
        @Nullable String organizationId,
        EntryPoint entryPoint,
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
        if (organizationId != null && organizationId.isBlank()) {
            throw new IllegalArgumentException("organization: empty (expected: an organization id)");
        }
    }

    /**
     * An answer that has nothing to do with the request.
     *
     * @param status 400 to 599; 0 injects nothing
     * @param errorCode Genesys' dotted code of the answer; null: the one that goes with the status
     */
    public record Injected(int status, @Nullable String errorCode) {
        /** @throws IllegalArgumentException naming the value and its range */
        public Injected {
            if (status != 0 && (status < 400 || status > 599)) {
                throw new IllegalArgumentException("status: " + status + " (expected: 0, or 400 to 599)");
            }
            if (errorCode != null && errorCode.isBlank()) {
                throw new IllegalArgumentException("error code: empty (expected: a code such as origin.not.allowed)");
            }
        }
    }

    /**
     * Where a guest's messages enter the flow.
     *
     * @param guestsAllowed whether guests may post at all
     * @param requiredAttributes what an identity must have been given, in {@code contactAttributes} or {@code attributes}
     */
    public record EntryPoint(boolean guestsAllowed, Set<String> requiredAttributes) {
        /** @throws IllegalArgumentException when a name is blank */
        public EntryPoint {
            requiredAttributes = Set.copyOf(requiredAttributes);
            if (requiredAttributes.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException("required attribute: empty (expected: a name)");
            }
        }
    }

    /**
     * Any free port of 127.0.0.1, tokens for 15 minutes, nothing injected, no organization, all guests allowed, the
     * system's clock.
     */
    public static SandboxConfig defaults() {
        return new SandboxConfig(
                "127.0.0.1",
                0,
                Duration.ofMinutes(15),
                Duration.ZERO,
                new Injected(0, null),
                false,
                null,
                new EntryPoint(true, Set.of()),
                InstantSource.system());
    }

    public SandboxConfig withHost(String value) {
        return new SandboxConfig(
                value, port, tokenLifetime, delay, injected, jwtTokens, organizationId, entryPoint, clock);
    }

    public SandboxConfig withPort(int value) {
        return new SandboxConfig(
                host, value, tokenLifetime, delay, injected, jwtTokens, organizationId, entryPoint, clock);
    }

    public SandboxConfig withTokenLifetime(Duration value) {
        return new SandboxConfig(host, port, value, delay, injected, jwtTokens, organizationId, entryPoint, clock);
    }

    public SandboxConfig withDelay(Duration value) {
        return new SandboxConfig(
                host, port, tokenLifetime, value, injected, jwtTokens, organizationId, entryPoint, clock);
    }

    public SandboxConfig withInjectedStatus(int value) {
        return withInjected(new Injected(value, injected.errorCode()));
    }

    /** Tells nothing until there is an injected status. */
    public SandboxConfig withErrorCode(@Nullable String value) {
        return withInjected(new Injected(injected.status(), value));
    }

    private SandboxConfig withInjected(Injected value) {
        return new SandboxConfig(host, port, tokenLifetime, delay, value, jwtTokens, organizationId, entryPoint, clock);
    }

    public SandboxConfig withJwtTokens(boolean value) {
        return new SandboxConfig(host, port, tokenLifetime, delay, injected, value, organizationId, entryPoint, clock);
    }

    public SandboxConfig withOrganizationId(@Nullable String value) {
        return new SandboxConfig(host, port, tokenLifetime, delay, injected, jwtTokens, value, entryPoint, clock);
    }

    public SandboxConfig withGuestsAllowed(boolean value) {
        return withEntryPoint(new EntryPoint(value, entryPoint.requiredAttributes()));
    }

    public SandboxConfig withRequiredAttributes(Set<String> value) {
        return withEntryPoint(new EntryPoint(entryPoint.guestsAllowed(), value));
    }

    private SandboxConfig withEntryPoint(EntryPoint value) {
        return new SandboxConfig(host, port, tokenLifetime, delay, injected, jwtTokens, organizationId, value, clock);
    }

    public SandboxConfig withClock(InstantSource value) {
        return new SandboxConfig(
                host, port, tokenLifetime, delay, injected, jwtTokens, organizationId, entryPoint, value);
    }
}
