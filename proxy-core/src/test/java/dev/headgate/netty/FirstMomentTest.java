package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.profile.BuiltInProfiles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever has read a token can use it, at that very moment, on every event loop. */
class FirstMomentTest {
    private static final int CLIENTS = 500;
    private static final int THREADS = 10;
    private static final int ROUNDS = 4;

    @RegisterExtension
    final Wire wire = new Wire(TestedTransport.get()).threads(4);

    private final GuestApi api = new GuestApi();

    @Test
    @Timeout(60)
    void fiveHundredUseATokenAsItIsRead() throws Exception {
        RunningEdge edge = wire.edge();
        edge.edge.swap(new Snapshot(
                edge.edge.snapshot().gate(),
                List.of(new Route(
                        "/", new Upstream("genesys", "127.0.0.1", api.port(), null), BuiltInProfiles.FORUM_GUEST)),
                edge.edge.snapshot().recorder(),
                edge.edge.snapshot().limits(),
                edge.edge.snapshot().timeouts()));
        List<RawSocket> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(wire.client());
        }
        RawSocket creator = wire.client();
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                oneRound(creator, clients, pool);
            }
        } finally {
            pool.shutdownNow();
            api.close();
        }
    }

    private void oneRound(RawSocket creator, List<RawSocket> clients, ExecutorService pool) throws Exception {
        Guest guest = GuestApi.newGuest();
        api.script = seen ->
                List.of(seen.line().contains("identities") ? GuestApi.identity(guest, "") : GuestApi.json("{}"));
        String use = Ask.message(guest.message(), guest.bearer());
        CountDownLatch read = new CountDownLatch(1);
        List<Future<?>> senders = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int first = t;
            senders.add(pool.submit(() -> {
                read.await();
                for (int i = first; i < CLIENTS; i += THREADS) {
                    clients.get(i).send(use);
                }
                return null;
            }));
        }
        creator.send(Ask.identity());
        RawAnswer created = creator.answer();
        read.countDown();
        assertThat(created.body()).contains(guest.token());
        for (RawSocket client : clients) {
            RawAnswer answer = client.answer();
            assertThat(answer.status()).as(answer.head()).isEqualTo(200);
        }
        for (Future<?> sender : senders) {
            sender.get(10, TimeUnit.SECONDS);
        }
        int confirmed = 0;
        for (int i = 0; i <= CLIENTS; i++) {
            confirmed += wire.record().tokenCheck() == TokenCheck.CONFIRMED ? 1 : 0;
        }
        assertThat(confirmed).isEqualTo(CLIENTS);
    }
}
