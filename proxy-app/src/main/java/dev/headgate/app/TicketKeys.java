package dev.headgate.app;

import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The keys that session tickets are encrypted with (RFC 5077). They live as long as the process, so that sessions are
 * resumed across certificates, listeners and reloads; each is replaced after its interval, still opens tickets for another
 * one, and is then forgotten. Thread-safe.
 */
final class TicketKeys {
    /**
     * Whom tickets are shared among. A resumed session skips the check of the client's certificate, so listeners that
     * trust different clients must not share them.
     *
     * @param interval from one key to the next
     * @param clients what clients' certificates are checked against; empty where they are not
     */
    record Scope(Duration interval, String clients) {}

    private final class Ring {
        private final Set<OpenSslContext> contexts = Collections.newSetFromMap(new WeakHashMap<>());
        private OpenSslSessionTicketKey current = fresh();
        private @Nullable OpenSslSessionTicketKey previous;
        private @Nullable Future<?> rotation;

        void give(OpenSslContext context) {
            if (previous == null) {
                context.sessionContext().setTicketKeys(current);
            } else {
                context.sessionContext().setTicketKeys(current, previous);
            }
        }

        void rotate() {
            previous = current;
            current = fresh();
            contexts.forEach(this::give);
        }
    }

    private final SecureRandom random = new SecureRandom();
    private final ScheduledExecutorService timer;
    private final Map<Scope, Ring> rings = new HashMap<>();

    /** @param timer what rotates the keys; takes microseconds each time */
    TicketKeys(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** Gives a context the keys, and those that follow for as long as it is in use. */
    synchronized void attach(OpenSslContext context, Scope scope) {
        Ring ring = rings.computeIfAbsent(scope, s -> new Ring());
        ring.contexts.add(context);
        ring.give(context);
        if (ring.rotation == null) {
            long nanos = scope.interval().toNanos();
            ring.rotation = timer.scheduleAtFixedRate(() -> rotate(scope), nanos, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void rotate(Scope scope) {
        Ring ring = rings.get(scope);
        if (ring == null) {
            return;
        }
        ring.rotate();
        if (ring.contexts.isEmpty() && ring.rotation != null) {
            ring.rotation.cancel(false);
            rings.remove(scope);
        }
    }

    /** Replaces all keys now. */
    synchronized void rotate() {
        rings.values().forEach(Ring::rotate);
    }

    private OpenSslSessionTicketKey fresh() {
        return new OpenSslSessionTicketKey(
                bytes(OpenSslSessionTicketKey.NAME_SIZE),
                bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                bytes(OpenSslSessionTicketKey.AES_KEY_SIZE));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
