package dev.headgate.app;

import dev.headgate.app.Server.CannotStart;
import dev.headgate.config.Config;
import dev.headgate.gate.AddressRange;
import dev.headgate.gate.Cors;
import dev.headgate.gate.ForwardedSettings;
import dev.headgate.gate.Gate;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Organization;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.FieldName;
import dev.headgate.netty.Limits;
import dev.headgate.netty.Limits.MinimumRate;
import dev.headgate.netty.Limits.RateLimit;
import dev.headgate.netty.Route;
import dev.headgate.netty.Snapshot;
import dev.headgate.netty.Timeouts;
import dev.headgate.netty.Upstream;
import dev.headgate.netty.UpstreamOptions;
import dev.headgate.profile.Profile;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.SessionRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a configuration decides about requests. An upstream that stays as it was stays the same, with the
 * connections that are open to it. For one thread at a time.
 */
final class Snapshots {
    /** For so long the rate of a body is not looked at. */
    private static final Duration BODY_GRACE = Duration.ofSeconds(5);

    private final KeyedHash hash;
    private Map<String, Known> known = Map.of();
    private Map<String, Known> made = Map.of();

    /** @param files what the files of its TLS held */
    private record Known(Config.Upstream config, String files, Upstream upstream) {}

    Snapshots(KeyedHash hash) {
        this.hash = hash;
    }

    /**
     * Makes one, whose upstreams are those of the last one that was kept where they stay as they were.
     *
     * @param config a checked one
     */
    Snapshot of(Config config) throws CannotStart {
        Config.Timeouts timeouts = config.timeouts();
        return new Snapshot(
                gate(config),
                routes(config),
                recorder(config, hash),
                limits(config.limits()),
                new Timeouts(
                        timeouts.head(),
                        timeouts.idle(),
                        timeouts.upstreamConnect(),
                        timeouts.upstreamResponse(),
                        timeouts.websocket()));
    }

    static Gate gate(Config config) {
        return new Gate(settings(config), Checks.ALL);
    }

    static SessionRecorder recorder(Config config, KeyedHash hash) {
        return new SessionRecorder(
                hash, config.sessions().defaultLifetime(), config.sessions().clockSkew());
    }

    /** What was made last is in force. One that is not leaves no trace. */
    void keep() {
        known = made;
    }

    static Limits limits(Config.Limits limits) {
        return new Limits(
                limits.head(),
                limits.fields(),
                limits.checkedBody(),
                limits.body(),
                limits.connections(),
                limits.connectionsPerClient(),
                new MinimumRate(limits.minimumBodyRate(), BODY_GRACE),
                rate(limits.rate().perClient()),
                rate(limits.rate().perSession()));
    }

    static @Nullable RateLimit rate(Config.@Nullable Rate rate) {
        if (rate == null) {
            return null;
        }
        Integer burst = rate.burst();
        return new RateLimit(rate.requests(), rate.per(), burst == null ? rate.requests() : burst);
    }

    private List<Route> routes(Config config) throws CannotStart {
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        Map<String, Known> now = new HashMap<>();
        for (Map.Entry<String, Config.Upstream> entry : config.upstreams().entrySet()) {
            Known one = upstream(entry.getKey(), entry.getValue());
            now.put(entry.getKey(), one);
            upstreams.put(entry.getKey(), one.upstream);
        }
        Map<String, Profile> profiles = Profiles.of(config.profiles());
        List<Route> routes = new ArrayList<>();
        for (Config.Route route : config.routes()) {
            Upstream upstream = upstreams.get(route.upstream());
            Profile profile = route.profile() == null ? null : profiles.get(route.profile());
            if (upstream == null || profile == null && route.profile() != null) {
                throw new IllegalArgumentException("route " + route.path()
                        + ": unknown upstream or profile (expected: those of a checked configuration)");
            }
            routes.add(
                    new Route(route.path(), upstream, profile, Policies.of(route, config.guard()), route.tapFrames()));
        }
        made = now;
        return routes;
    }

    private Known upstream(String name, Config.Upstream config) throws CannotStart {
        String files = digest(config.tls());
        Known before = known.get(name);
        if (before != null
                && before.config.equals(config)
                && before.files.equals(files)
                && !before.upstream.isRetired()) {
            return before;
        }
        Upstream made = new Upstream(
                name,
                config.host(),
                config.port(),
                config.https() ? ClientTls.context(name, config.tls()) : null,
                options(config));
        return new Known(config, files, made);
    }

    private static UpstreamOptions options(Config.Upstream config) {
        Config.Ejection ejection = config.ejection();
        Config.Health health = config.health();
        return new UpstreamOptions(
                config.addresses().stream()
                        .map(address -> new UpstreamOptions.Authority(address.host(), address.port()))
                        .toList(),
                config.preserveHost(),
                switch (config.proxyProtocol()) {
                    case NONE -> UpstreamOptions.ProxyHeader.NONE;
                    case V1 -> UpstreamOptions.ProxyHeader.V1;
                    case V2 -> UpstreamOptions.ProxyHeader.V2;
                },
                config.connections().maximum(),
                config.connections().waiting(),
                new UpstreamOptions.Ejection(ejection.failures(), ejection.time(), ejection.maximumPercent()),
                health == null
                        ? null
                        : new UpstreamOptions.Health(
                                health.path(),
                                health.interval(),
                                health.timeout(),
                                health.healthy(),
                                health.unhealthy()),
                UpstreamOptions.DEFAULT.nameServers());
    }

    /** Certificates are renewed under the same names. */
    private static String digest(Config.@Nullable UpstreamTls tls) throws CannotStart {
        if (tls == null) {
            return "";
        }
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (Path file : Arrays.asList(tls.ca(), tls.certificate(), tls.key())) {
                if (file != null) {
                    sha256.update(Files.readAllBytes(file));
                }
                sha256.update((byte) 0);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (IOException e) {
            throw new CannotStart("upstreams: tls: " + e.getMessage() + " (expected: a readable file)", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GateSettings settings(Config config) {
        Config.Organization organization = config.organization();
        return new GateSettings(
                organization == null
                        ? null
                        : new Organization(
                                FieldName.of(organization.header()),
                                organization.id(),
                                organization.onConflict() == Config.OnConflict.REFUSE),
                FieldName.of(config.requestId().header()),
                config.requestId().accept() == Config.Accept.VALID,
                config.sessions().supersededGrace().toMillis(),
                config.sessions().clockSkew().toMillis(),
                cors(config.cors()),
                forwarded(config.forwarded()));
    }

    private static ForwardedSettings forwarded(Config.Forwarded forwarded) {
        return new ForwardedSettings(
                forwarded.trust().stream().map(AddressRange::parse).toList(),
                switch (forwarded.write()) {
                    case X_FORWARDED -> ForwardedSettings.Write.X_FORWARDED;
                    case FORWARDED -> ForwardedSettings.Write.FORWARDED;
                    case BOTH -> ForwardedSettings.Write.BOTH;
                    case NONE -> ForwardedSettings.Write.NONE;
                });
    }

    private static @Nullable Cors cors(Config.@Nullable Cors cors) {
        return cors == null
                ? null
                : new Cors(
                        Set.copyOf(cors.origins()),
                        cors.credentials(),
                        cors.maxAge().toSeconds());
    }
}
