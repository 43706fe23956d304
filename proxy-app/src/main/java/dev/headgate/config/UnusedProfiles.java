package dev.headgate.config;

import dev.headgate.config.Config.Route;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Profile;
import java.util.List;

/** Warns of profiles, and of endpoints of theirs, that no request comes to because of the routes. */
final class UnusedProfiles {
    private final Tree tree;
    private final List<Route> routes;
    private final Problems warnings;

    private UnusedProfiles(Tree tree, List<Route> routes, Problems warnings) {
        this.tree = tree;
        this.routes = routes;
        this.warnings = warnings;
    }

    static void warn(Tree tree, Config config, Problems warnings) {
        UnusedProfiles unused = new UnusedProfiles(tree, config.routes(), warnings);
        config.profiles().forEach(unused::profile);
        for (int i = 0; i < config.routes().size(); i++) {
            unused.builtIn(config, i);
        }
    }

    private void builtIn(Config config, int index) {
        Route route = config.routes().get(index);
        Profile profile = route.profile() == null || config.profiles().containsKey(route.profile())
                ? null
                : BuiltInProfiles.ALL.get(route.profile());
        String at = KeyPath.key(KeyPath.index("routes", index), "profile");
        Origin origin = tree.origin(at);
        if (profile == null
                || origin == null
                || profile.endpoints().stream()
                        .anyMatch(
                                endpoint -> meets(route.path(), endpoint.path().toString()))) {
            return;
        }
        warnings.report(origin.value(), at, origin.shown() + " has no endpoint under " + route.path());
    }

    private void profile(String name, ProfileConfig profile) {
        String path = KeyPath.key("profiles", name);
        if (routes.stream().noneMatch(route -> name.equals(route.profile()))) {
            Origin origin = tree.origin(path);
            warnings.report(origin == null ? Place.START : origin.key(), path, "named by no route");
            return;
        }
        for (int i = 0; i < profile.endpoints().size(); i++) {
            String at = KeyPath.key(KeyPath.index(KeyPath.key(path, "endpoints"), i), "path");
            Origin origin = tree.origin(at);
            if (origin != null && !isRouted(name, profile.endpoints().get(i).path())) {
                warnings.report(origin.value(), at, origin.shown() + " lies outside of every route with this profile");
            }
        }
    }

    private boolean isRouted(String profile, String pattern) {
        return routes.stream()
                .filter(route -> profile.equals(route.profile()) && meets(route.path(), pattern))
                .anyMatch(route -> routes.stream()
                        .noneMatch(other -> !profile.equals(other.profile())
                                && other.path().length() > route.path().length()
                                && contains(other.path(), pattern)));
    }

    /** Whether some path that the pattern matches is the route's. */
    private static boolean meets(String route, String pattern) {
        List<String> prefix = segments(route);
        List<String> segments = segments(pattern);
        for (int i = 0; i < prefix.size(); i++) {
            if (i == segments.size() || segments.get(i).equals("**")) {
                return i < segments.size();
            }
            if (!segments.get(i).startsWith("{") && !segments.get(i).equals(prefix.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether every path that the pattern matches is the route's. */
    private static boolean contains(String route, String pattern) {
        List<String> prefix = segments(route);
        List<String> segments = segments(pattern);
        return segments.size() >= prefix.size()
                && segments.subList(0, prefix.size()).equals(prefix);
    }

    /** A slash at the end makes no difference. */
    private static List<String> segments(String path) {
        String inner = path.substring(1, path.endsWith("/") ? Math.max(1, path.length() - 1) : path.length());
        return inner.isEmpty() ? List.of() : List.of(inner.split("/"));
    }
}
