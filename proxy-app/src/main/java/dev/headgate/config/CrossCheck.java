package dev.headgate.config;

import dev.headgate.gate.Reason;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What no single value shows: two of a kind where there may be one, and settings that work against each other. */
final class CrossCheck {
    private final Tree tree;
    private final JsonNode values;
    private final Problems problems;

    /** Looks at converted values; those that are not valid are null there and left alone. */
    CrossCheck(Tree tree, JsonNode values, Problems problems) {
        this.tree = tree;
        this.values = values;
        this.problems = problems;
    }

    void run() {
        addresses();
        upstreams();
        routes();
        cors();
        reasons(values.path("guard"), "guard");
        String organization = values.path("organization").path("header").asString("");
        String requestId = values.path("requestId").path("header").asString("");
        if (!organization.isEmpty() && organization.equalsIgnoreCase(requestId)) {
            Origin given = tree.origin("requestId.header");
            String path = given == null ? "organization.header" : "requestId.header";
            report(path, "another header than that of " + (given == null ? "requestId" : "organization"));
        }
    }

    private void addresses() {
        Map<String, String> owners = new HashMap<>();
        int index = 0;
        for (JsonNode listener : values.path("listeners")) {
            address(listener, KeyPath.index("listeners", index++), owners);
        }
        address(values.path("admin"), "admin", owners);
    }

    private void address(JsonNode holder, String path, Map<String, String> owners) {
        JsonNode address = holder.path("address");
        if (address.isObject() && address.path("port").asInt() != 0) {
            unique(address.toString().toLowerCase(Locale.ROOT), path, "address", owners);
        }
    }

    private void upstreams() {
        for (Map.Entry<String, JsonNode> entry : values.path("upstreams").properties()) {
            String path = KeyPath.key("upstreams", entry.getKey());
            int index = 0;
            for (JsonNode address : entry.getValue().path("addresses")) {
                String at = KeyPath.index(KeyPath.key(path, "addresses"), index++);
                if (address.isObject() && address.path("port").asInt() == 0) {
                    report(at, "a port from 1 to 65535");
                }
            }
            clientTls(entry.getValue(), KeyPath.key(path, "tls"));
        }
    }

    private void clientTls(JsonNode upstream, String path) {
        JsonNode tls = upstream.path("tls");
        if (!tls.isObject()) {
            return;
        }
        if (upstream.path("url").asString("").startsWith("http:")) {
            report(path, "https in url");
        }
        if (tls.has("certificate") != tls.has("key")) {
            String given = tls.has("key") ? "key" : "certificate";
            report(KeyPath.key(path, given), "certificate and key together");
        }
    }

    private void routes() {
        Map<String, String> owners = new HashMap<>();
        int index = 0;
        for (JsonNode route : values.path("routes")) {
            String path = KeyPath.index("routes", index++);
            if (route.path("path").isString()) {
                unique(route.path("path").asString(), path, "path", owners);
            }
            reasons(route.path("guard"), KeyPath.key(path, "guard"));
        }
    }

    private void cors() {
        if (!values.path("cors").path("credentials").asBoolean(false)) {
            return;
        }
        int index = 0;
        for (JsonNode origin : values.path("cors").path("origins")) {
            String path = KeyPath.index("cors.origins", index++);
            if (origin.asString("").equals("*")) {
                report(path, "each origin by its name, because credentials is true (Fetch standard)");
            }
        }
    }

    private void reasons(JsonNode guard, String path) {
        for (Reason reason : Reason.values()) {
            if (!reason.isObservable()
                    && guard.path("reasons").path(reason.code()).asString("").equals("OBSERVE")) {
                report(
                        KeyPath.key(KeyPath.key(path, "reasons"), reason.code()),
                        "enforce; " + reason.code() + " is never observed");
            }
        }
    }

    private void unique(String value, String path, String key, Map<String, String> owners) {
        String owner = owners.putIfAbsent(value, path);
        if (owner != null) {
            report(KeyPath.key(path, key), "another " + key + "; " + owner + " has this one");
        }
    }

    private void report(String path, String expected) {
        Origin origin = tree.origin(path);
        if (origin != null) {
            problems.reportValue(origin.value(), path, origin.shown() + " (expected: " + expected + ")");
        }
    }

    /** What is allowed but hardly meant. */
    static void warn(Tree tree, Config config, Problems warnings) {
        Duration head = config.timeouts().head();
        if (config.timeouts().idle().compareTo(head) < 0) {
            warnings.report(
                    place(tree, "timeouts.idle", "timeouts.head"), "timeouts.idle", "shorter than timeouts.head");
        }
        config.upstreams().forEach((name, upstream) -> {
            Config.UpstreamTls tls = upstream.tls();
            String path = KeyPath.key(KeyPath.key(KeyPath.key("upstreams", name), "tls"), "verify");
            if (tls != null && !tls.verify()) {
                warnings.report(
                        place(tree, path, path), path, "false: whoever answers there gets the tokens of every guest");
            }
        });
        config.upstreams().forEach((name, upstream) -> {
            Config.Health health = upstream.health();
            String path = KeyPath.key(KeyPath.key(KeyPath.key("upstreams", name), "health"), "timeout");
            if (health != null && health.timeout().compareTo(health.interval()) > 0) {
                String interval = KeyPath.key(KeyPath.key(KeyPath.key("upstreams", name), "health"), "interval");
                warnings.report(place(tree, path, interval), path, "longer than health.interval");
            }
        });
        for (int i = 0; i < config.forwarded().trust().size(); i++) {
            if (config.forwarded().trust().get(i).endsWith("/0")) {
                String path = KeyPath.index("forwarded.trust", i);
                warnings.report(
                        place(tree, path, "forwarded.trust"),
                        path,
                        "every client: whoever connects may claim any address (expected: the proxies in front)");
            }
        }
        admin(tree, config, warnings);
        unusedUpstreams(tree, config, warnings);
        Config.Limits limits = config.limits();
        if (limits.body() > 0 && limits.body() < limits.checkedBody()) {
            warnings.report(
                    place(tree, "limits.body", "limits.checkedBody"), "limits.body", "smaller than limits.checkedBody");
        }
    }

    /** Who reaches it reads of every exchange, and makes the configuration be loaded again. */
    private static void admin(Tree tree, Config config, Problems warnings) {
        Config.Admin admin = config.admin();
        if (admin == null || isLoopback(admin.address().host())) {
            return;
        }
        warnings.report(
                place(tree, "admin.address", "admin"),
                "admin.address",
                "not of the loopback: whoever reaches it sees every exchange (expected: 127.0.0.1, [::1] or localhost)");
    }

    private static boolean isLoopback(String host) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        return literal == null ? host.equalsIgnoreCase("localhost") : literal.isLoopbackAddress();
    }

    private static void unusedUpstreams(Tree tree, Config config, Problems warnings) {
        for (String name : config.upstreams().keySet()) {
            if (config.routes().stream().noneMatch(route -> name.equals(route.upstream()))) {
                String path = KeyPath.key("upstreams", name);
                Origin origin = tree.origin(path);
                warnings.report(origin == null ? Place.START : origin.key(), path, "named by no route");
            }
        }
    }

    private static Place place(Tree tree, String path, String other) {
        Origin origin = tree.origin(path) == null ? tree.origin(other) : tree.origin(path);
        return origin == null ? Place.START : origin.value();
    }
}
