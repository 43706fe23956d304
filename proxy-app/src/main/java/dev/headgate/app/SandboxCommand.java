package dev.headgate.app;

import dev.headgate.config.DurationText;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code headgate sandbox}: the Genesys stand-in alone, until SIGTERM or Ctrl-C. */
@Command(
        name = "sandbox",
        description = "Runs a stand-in for Genesys' guest APIs, to test a chat client against.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        showDefaultValues = true,
        sortOptions = false)
public final class SandboxCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8099",
            description = "The port to listen on; 0 takes a free one.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on.")
    private String host = "";

    @Option(
            names = "--token-lifetime",
            paramLabel = "DURATION",
            defaultValue = "15m",
            converter = DurationConverter.class,
            description = "How long a token or knowledge session is good for (1s to 365 days).")
    private Duration tokenLifetime = Duration.ZERO;

    @Option(
            names = "--delay",
            paramLabel = "DURATION",
            defaultValue = "0ms",
            converter = DurationConverter.class,
            description = "Holds back each answer of the guest APIs (up to 1h).")
    private Duration delay = Duration.ZERO;

    @Option(
            names = "--status",
            paramLabel = "CODE",
            defaultValue = "0",
            showDefaultValue = Visibility.NEVER,
            description = "Answers every request that needs a credential with this status (400 to 599).")
    private int status;

    @Option(
            names = "--error-code",
            paramLabel = "CODE",
            description = "The Genesys error code that goes with --status, such as origin.not.allowed.")
    private @Nullable String errorCode;

    @Option(
            names = "--organization",
            paramLabel = "ID",
            description = "Refuses guest requests whose X-Genesys-Cloud-Id is not this one.")
    private @Nullable String organization;

    @Option(names = "--jwt", description = "Issues tokens that look like a JWT, without claims about a user.")
    private boolean jwt;

    @Option(names = "--deny-guests", description = "Refuses every guest's message, as a flow without guests does.")
    private boolean denyGuests;

    @Option(
            names = "--require-attribute",
            paramLabel = "NAME",
            showDefaultValue = Visibility.NEVER,
            description = "Refuses the messages of guests without this attribute; may be given repeatedly.")
    private Set<String> requiredAttributes = Set.of();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter err = command.commandLine().getErr();
        SandboxConfig config;
        try {
            config = config();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "headgate: " + e.getMessage(), e);
        }
        try (Sandbox sandbox = Sandbox.start(config)) {
            err.println("headgate: sandbox on " + sandbox.url());
            err.flush();
            Shutdown.awaitSignal(sandbox::close);
            return 0;
        } catch (IOException e) {
            String reason = e.getMessage() == null ? "no reason given" : e.getMessage();
            String address = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
            err.println("headgate: cannot listen on " + address + ": " + reason.toLowerCase(Locale.ROOT));
            err.flush();
            return 2;
        }
    }

    /** @throws IllegalArgumentException naming the value and its range */
    SandboxConfig config() {
        if (errorCode != null && status == 0) {
            throw new IllegalArgumentException("error code: " + errorCode + " (expected: only together with --status)");
        }
        return SandboxConfig.defaults()
                .withHost(host)
                .withPort(port)
                .withTokenLifetime(tokenLifetime)
                .withDelay(delay)
                .withInjectedStatus(status)
                .withErrorCode(errorCode)
                .withJwtTokens(jwt)
                .withOrganizationId(organization)
                .withGuestsAllowed(!denyGuests)
                .withRequiredAttributes(requiredAttributes);
    }

    /** Reads durations as the configuration does. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return DurationText.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
