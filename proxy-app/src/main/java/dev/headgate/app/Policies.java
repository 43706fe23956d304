package dev.headgate.app;

import dev.headgate.config.Config.Guard;
import dev.headgate.config.Config.Mode;
import dev.headgate.config.Config.Route;
import dev.headgate.config.Config.RouteGuard;
import dev.headgate.config.Config.UnknownToken;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What each route does with what the rules find. A reason's mode is that of the route's reasons, else that of the
 * guard's; else an advice is observed, and every other reason has the mode of the route, else that of the guard.
 */
final class Policies {
    private static final RouteGuard NOTHING = new RouteGuard(null, null, Map.of());

    private Policies() {}

    static Policy of(Route route, Guard guard) {
        return new Policy(
                unknownToken(route, guard) == UnknownToken.ALLOW,
                Arrays.stream(Reason.values())
                        .filter(reason -> mode(reason, route, guard) == Mode.OBSERVE)
                        .collect(Collectors.toSet()));
    }

    /** Of the route as a whole. */
    static Mode mode(Route route, Guard guard) {
        Mode own = own(route).mode();
        return own == null ? guard.mode() : own;
    }

    static UnknownToken unknownToken(Route route, Guard guard) {
        UnknownToken own = own(route).unknownToken();
        return own == null ? guard.unknownToken() : own;
    }

    private static Mode mode(Reason reason, Route route, Guard guard) {
        Mode single = own(route).reasons().getOrDefault(reason, guard.reasons().get(reason));
        if (single != null) {
            return single;
        }
        return reason.isAdvice() ? Mode.OBSERVE : mode(route, guard);
    }

    private static RouteGuard own(Route route) {
        RouteGuard guard = route.guard();
        return guard == null ? NOTHING : guard;
    }
}
