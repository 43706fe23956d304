package dev.headgate.app;

import dev.headgate.admin.ReloadOutcome;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader;
import dev.headgate.config.ConfigLoader.Loaded;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.profile.BuiltInProfiles;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A {@link Server} on free ports of the loopback, in front of one upstream. */
final class RunningProxy implements AutoCloseable {
    static final String ORGANIZATION = "0c1d2e3f-0000-4000-8000-000000000001";
    static final JsonMapper JSON = new JsonMapper();

    final Path configFile;
    private final Path log;
    private final LinkedBlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<ReloadOutcome> outcomes = new LinkedBlockingQueue<>();
    private final Server server;
    private boolean closed;

    private RunningProxy(Path directory, String config) throws Exception {
        this(directory, config, ServerTls.provider());
    }

    private RunningProxy(Path directory, String config, SslProvider provider) throws Exception {
        log = directory.resolve("access.log");
        configFile = Files.writeString(directory.resolve("headgate.yaml"), whole(config));
        server = Server.start(
                load(),
                this::load,
                records::add,
                outcomes::add,
                new Server.Environment(InheritedSockets.none(), provider));
    }

    /**
     * With its access log, and with one event loop: an answer is on its way before its exchange is recorded, so with two of
     * them the next request could be recorded first.
     */
    private String whole(String config) {
        return config + "accessLog:\n  path: " + log + "\nserver:\n  threads: 1\n";
    }

    private Loaded load() throws ConfigException {
        return ConfigLoader.loadWithWarnings(configFile, Map.of(), BuiltInProfiles.ALL.keySet());
    }

    /** Puts another configuration, without its access log, in the place of the file at once. */
    void write(String config) throws IOException {
        Path next = Files.writeString(configFile.resolveSibling("next.yaml"), whole(config));
        Files.move(next, configFile, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The next outcome of a reload; waits for it. */
    ReloadOutcome outcome() throws InterruptedException {
        ReloadOutcome next = outcomes.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no reload within 10 s");
        }
        return next;
    }

    ReloadOutcome reload() throws InterruptedException {
        server.reload();
        return outcome();
    }

    List<String> urls() {
        return server.urls();
    }

    /** @param more keys of the configuration, each line ended */
    static RunningProxy before(String upstream, Path directory, String more) throws Exception {
        return new RunningProxy(directory, config("  - address: 127.0.0.1:0\n", upstream) + more);
    }

    /** @param listeners items of the list, each line ended */
    static RunningProxy listening(String listeners, String upstream, Path directory) throws Exception {
        return new RunningProxy(directory, config(listeners, upstream));
    }

    /** @param config all but its access log */
    static RunningProxy of(String config, Path directory) throws Exception {
        return new RunningProxy(directory, config);
    }

    /** @param provider of TLS towards clients */
    static RunningProxy of(String config, Path directory, SslProvider provider) throws Exception {
        return new RunningProxy(directory, config, provider);
    }

    /** A configuration without its access log. */
    static String config(String listeners, String upstream) {
        return "listeners:\n" + listeners + """
                admin:
                  address: 127.0.0.1:0
                upstreams:
                  genesys:
                    url: %s
                organization:
                  header: X-Genesys-Cloud-Id
                  id: %s
                routes:
                  - path: /api/v2/guests/
                    upstream: genesys
                    profile: forum-guest
                  - path: /
                    upstream: genesys
                sessions:
                  supersededGrace: 0
                """.formatted(upstream, ORGANIZATION);
    }

    String url() {
        return server.urls().get(0);
    }

    int port() {
        return URI.create(url()).getPort();
    }

    /** The next exchange's record; the metrics have counted it, and the log has it or will have. */
    ExchangeRecord record() throws InterruptedException {
        ExchangeRecord next = records.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no exchange record within 10 s");
        }
        return next;
    }

    TicketKeys ticketKeys() {
        return server.ticketKeys();
    }

    String adminUrl() {
        return server.adminUrl();
    }

    String metrics() throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(adminUrl() + "/metrics"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /** Ends the server, and gives what its access log holds. */
    List<JsonNode> closeAndReadLog() throws IOException {
        return closeAndReadText().lines().map(JSON::readTree).toList();
    }

    String closeAndReadText() throws IOException {
        close();
        return Files.readString(log);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.drain(Duration.ZERO);
        server.close();
    }
}
