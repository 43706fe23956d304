package dev.headgate.netty;

import dev.headgate.netty.UpstreamOptions.Authority;
import dev.headgate.netty.UpstreamOptions.Health;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an upstream's addresses up to date, and asks them for their health. What a name server answered counts for as
 * long as it said, 1 s at least and a minute at most; the last good answer counts until there is another one. Confined
 * to its event loop.
 */
final class UpstreamWatch {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamWatch.class);
    /** The resolver's cache answers until a time to live is over, so looking often asks no name server. */
    private static final int BETWEEN_LOOKS_MILLIS = 1000;

    private static final int SHORTEST_TTL_SECONDS = 1;
    private static final int LONGEST_TTL_SECONDS = 60;
    private static final int QUERY_MILLIS = 2000;
    /** A defect in the resolver, or in what it asks, leaves a name without any answer. */
    private static final int LONGEST_LOOK_MILLIS = 5000;

    private final Upstream upstream;
    private final EventLoop loop;
    private final Transport transport;
    private final ConnectionListener listener;
    private final Map<String, List<InetAddress>> known = new HashMap<>();
    private final Map<UpstreamAddress, HealthCheck> checks = new IdentityHashMap<>();
    private @Nullable DnsNameResolver resolver;
    private @Nullable Future<?> next;
    private boolean failing;
    private boolean stopped;

    UpstreamWatch(Upstream upstream, EventLoop loop, Transport transport, ConnectionListener listener) {
        this.upstream = upstream;
        this.loop = loop;
        this.transport = transport;
        this.listener = listener;
    }

    /** Any thread. */
    ConnectionListener listener() {
        return listener;
    }

    /** Any thread. */
    void start() {
        loop.execute(() -> {
            checkHealth();
            look();
        });
    }

    /** Any thread. */
    void stop() {
        if (!loop.isShuttingDown()) {
            loop.execute(this::stopHere);
        }
    }

    private void stopHere() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
        if (resolver != null) {
            resolver.close();
        }
        checks.values().forEach(HealthCheck::stop);
        checks.clear();
    }

    private void look() {
        List<String> names = upstream.authorities().stream()
                .map(Authority::host)
                .filter(host -> NetUtil.createInetAddressFromIpAddressString(host) == null)
                .distinct()
                .toList();
        if (names.isEmpty() || stopped) {
            return;
        }
        DnsNameResolver asked;
        try {
            asked = resolver();
        } catch (RuntimeException e) {
            // It opens a socket.
            over(e);
            return;
        }
        Round round = new Round(names.size());
        for (String name : names) {
            ask(asked, name, round);
        }
    }

    private DnsNameResolver resolver() {
        DnsNameResolver made = resolver;
        if (made == null) {
            made = new DnsNameResolverBuilder(loop)
                    .datagramChannelType(transport.datagram())
                    .queryTimeoutMillis(QUERY_MILLIS)
                    .ttl(SHORTEST_TTL_SECONDS, LONGEST_TTL_SECONDS)
                    .nameServerProvider(upstream.options().nameServers())
                    .build();
            resolver = made;
        }
        return made;
    }

    private void ask(DnsNameResolver asked, String name, Round round) {
        Future<List<InetAddress>> answer;
        try {
            answer = asked.resolveAll(name);
        } catch (RuntimeException e) {
            round.failed(e);
            return;
        }
        answer.addListener((Future<List<InetAddress>> done) -> round.answered(name, done));
    }

    /** One look at all names. */
    private final class Round {
        private final Future<?> timeout;
        private int missing;
        private @Nullable Throwable failure;

        Round(int names) {
            missing = names;
            timeout = loop.schedule(this::late, LONGEST_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }

        void answered(String name, Future<List<InetAddress>> answer) {
            if (answer.isSuccess()) {
                known.put(name, ofOneFamily(answer.getNow()));
                done();
            } else {
                failed(answer.cause());
            }
        }

        void failed(Throwable why) {
            failure = why;
            done();
        }

        private void late() {
            missing = 0;
            if (!stopped) {
                over(new UnknownHostException("no answer within " + LONGEST_LOOK_MILLIS + " ms"));
            }
        }

        private void done() {
            // What comes late is known for the next look.
            if (--missing == 0 && timeout.cancel(false) && !stopped) {
                over(failure);
            }
        }
    }

    /**
     * Those of the first one's family, which is IPv4 unless the JVM prefers the other: a machine may have IPv6 addresses
     * and yet no way to anywhere.
     */
    private static List<InetAddress> ofOneFamily(List<InetAddress> answer) {
        Class<?> family = answer.get(0).getClass();
        return answer.stream().filter(address -> address.getClass() == family).toList();
    }

    /** Whatever comes of this look, there is a next one. */
    private void over(@Nullable Throwable failure) {
        try {
            take(failure);
            checkHealth();
        } catch (RuntimeException e) {
            LOG.error("upstream {}: what its names resolve to was not taken", upstream, e);
        }
        lookAgain();
    }

    private void lookAgain() {
        if (!loop.isShuttingDown() && !stopped) {
            next = loop.schedule(this::look, BETWEEN_LOOKS_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void take(@Nullable Throwable failure) {
        if (failure != null && !failing) {
            LOG.warn(
                    "upstream {}: {}{}",
                    upstream,
                    failure.toString(),
                    known.isEmpty() ? "" : "; the last answer stays");
        } else if (failure == null && failing) {
            LOG.info("upstream {}: its name resolves", upstream);
        }
        failing = failure != null;
        List<InetSocketAddress> all = new ArrayList<>();
        for (Authority authority : upstream.authorities()) {
            InetAddress literal = NetUtil.createInetAddressFromIpAddressString(authority.host());
            List<InetAddress> found =
                    literal == null ? known.getOrDefault(authority.host(), List.of()) : List.of(literal);
            for (InetAddress address : found) {
                all.add(new InetSocketAddress(address, authority.port()));
            }
        }
        if (!all.isEmpty()) {
            upstream.resolved(all);
        } else if (failure != null) {
            upstream.unresolvable(failure instanceof UnknownHostException e ? e : unknown(failure));
        }
    }

    private static UnknownHostException unknown(Throwable cause) {
        UnknownHostException unknown = new UnknownHostException(cause.toString());
        unknown.initCause(cause);
        return unknown;
    }

    private void checkHealth() {
        Health health = upstream.options().health();
        if (health == null || stopped) {
            return;
        }
        checks.entrySet().removeIf(entry -> {
            if (entry.getKey().isGone()) {
                entry.getValue().stop();
                return true;
            }
            return false;
        });
        for (UpstreamAddress address : upstream.addresses()) {
            checks.computeIfAbsent(address, a -> {
                HealthCheck check = new HealthCheck(upstream, address, health, loop, transport);
                check.start();
                return check;
            });
        }
    }
}
