package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two guests' messages over many connections at once: none is lost, and none meets the other's credential. The system
 * property {@code headgate.load.requests} sets how many each client sends.
 */
@EachTransport
class LoadTest {
    private static final int CLIENTS = 200;
    private static final int REQUESTS = Integer.getInteger("headgate.load.requests", 50);
    private static final String[] TOKENS = {"guest-token-of-anna-0123456789", "guest-token-of-bert-9876543210"};
    private static final String[] CONVERSATIONS = {"conversation-anna", "conversation-bert"};

    @RegisterExtension
    final Wire wire;

    LoadTest(Transport transport) {
        wire = new Wire(transport);
    }

    @Test
    void twoGuestsOnManyConnectionsKeepApart() throws Exception {
        wire.threads(2);
        ExecutorService pool = Executors.newCachedThreadPool();
        try {
            Future<?> upstream = pool.submit(() -> acceptAll(pool));
            RawSocket first = wire.client();
            for (int guest = 0; guest < TOKENS.length; guest++) {
                createGuest(first, guest);
            }
            List<Future<?>> clients = new ArrayList<>();
            for (int c = 0; c < CLIENTS; c++) {
                RawSocket client = wire.client();
                int number = c;
                clients.add(pool.submit(() -> converse(client, number)));
            }
            Future<?> records = pool.submit(() -> {
                checkRecords();
                return null;
            });
            for (Future<?> client : clients) {
                client.get(10, TimeUnit.MINUTES);
            }
            records.get(1, TimeUnit.MINUTES);
            wire.upstream().stopListening();
            upstream.get(10, TimeUnit.SECONDS);
        } finally {
            pool.shutdown();
        }
    }

    private void createGuest(RawSocket client, int guest) throws Exception {
        client.send(
                head(
                        "POST /api/v2/guests/identities HTTP/1.1",
                        "Host: edge.test",
                        "Content-Type: application/json",
                        "X-Guest: " + guest,
                        "Content-Length: 18"),
                "{\"purpose\":\"chat\"}");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(wire.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);
    }

    private static void converse(RawSocket client, int number) {
        int guest = number % TOKENS.length;
        try {
            for (int i = 0; i < REQUESTS; i++) {
                String id = "c" + number + "-" + i;
                String body = "{\"conversationId\":\"" + CONVERSATIONS[guest] + "\",\"text\":\"" + id + "\"}";
                client.send(
                        head(
                                "POST /api/v2/guests/messages HTTP/1.1",
                                "Host: edge.test",
                                "Authorization: Bearer " + TOKENS[guest],
                                "x-request-id: " + id,
                                "Content-Length: " + body.length()),
                        body);
                RawAnswer answer = client.answer();
                assertThat(answer.head()).startsWith("HTTP/1.1 200 ");
                assertThat(answer.field("x-request-id")).isEqualTo(id);
                assertThat(answer.body()).isEqualTo("Bearer " + TOKENS[guest] + " " + id + " " + body);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkRecords() throws InterruptedException {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < CLIENTS * REQUESTS; i++) {
            ExchangeRecord record = wire.record();
            assertThat(record.verdict()).isEqualTo(VerdictKind.ALLOW);
            assertThat(record.status()).isEqualTo(200);
            assertThat(record.tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
            assertThat(record.authorization()).isEqualTo(AuthorizationFate.INTACT);
            assertThat(ids.add(record.requestId()))
                    .as("first record of %s", record.requestId())
                    .isTrue();
        }
    }

    private void acceptAll(ExecutorService pool) {
        try {
            while (true) {
                RawSocket connection = wire.upstream().acceptPatiently();
                pool.submit(() -> echo(connection));
            }
        } catch (SocketException e) {
            // It listens no longer.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells what came: the credential, the request's id and the body; or creates a guest. */
    private static void echo(RawSocket connection) {
        try {
            while (true) {
                String head = connection.readHead();
                String body = connection.read(Integer.parseInt(RawAnswer.field(head, "content-length")));
                String guest = RawAnswer.field(head, "x-guest");
                String answer = guest == null
                        ? RawAnswer.field(head, "authorization") + " " + RawAnswer.field(head, "x-request-id") + " "
                                + body
                        : "{\"guest_token\":\"" + TOKENS[Integer.parseInt(guest)] + "\",\"guestId\":\"g" + guest
                                + "\",\"conversationId\":\"" + CONVERSATIONS[Integer.parseInt(guest)] + "\"}";
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer);
            }
        } catch (IOException | AssertionError e) {
            // The edge has closed the connection; a lost request shows at its client.
        }
    }
}
