package dev.headgate.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What ours accepts, Netty's decoder reads in the same way; what ours refuses, Netty may read as it likes. Ours and
 * Netty's are written apart, so a slip would have to be made twice to stay unseen.
 *
 * <p>The three disagreements that are right:
 *
 * <ul>
 *   <li>Netty drops Content-Length, Transfer-Encoding and Trailer from trailers. Ours keeps them for the gate to refuse
 *       the message by (RFC 9110 section 6.5.1); to drop them would be a repair.
 *   <li>Netty keeps a chunk's size in an int and fails on 2 GiB. Ours counts in a long; the grammar has no limit, and
 *       no data is held.
 *   <li>Netty's table of a quoted string's octets ends at 127, so obs-text there ends in an IndexOutOfBoundsException.
 *       RFC 9110 section 5.6.4 allows it. Both fail closed.
 * </ul>
 */
class NettyDifferentialTest {
    private static final int MUTANTS = 200_000;
    private static final String FORBIDDEN_TRAILER = "(?is)(content-length|transfer-encoding|trailer): .*";

    @ParameterizedTest
    @MethodSource("dev.headgate.http.Samples#stream")
    void readsSamplesAsNettyDoes(byte[] bytes) {
        assertThat(difference(bytes)).isNull();
    }

    @Test
    void readsMutantsAsNettyDoes() {
        Random random = new Random(20261101);
        int accepted = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] bytes = Samples.mutant(random);
            String difference = difference(bytes);
            if (difference != null) {
                assertThat(difference).as(new String(bytes, ISO_8859_1)).isNull();
            }
            accepted += Connection.read(bytes).fault() == null ? 1 : 0;
        }
        assertThat(accepted).as("mutants without a fault").isGreaterThan(MUTANTS / 10);
    }

    private static @Nullable String difference(byte[] bytes) {
        Connection.Result ours = Connection.read(bytes);
        NettyConnection.Result netty = NettyConnection.read(bytes);
        Throwable failure = netty.failure();
        if (failure instanceof NumberFormatException && ours.largestChunk() > Integer.MAX_VALUE
                || failure instanceof IndexOutOfBoundsException && hasObsText(bytes)) {
            return null;
        }
        List<Message> theirs = netty.messages();
        for (int i = 0; i < ours.messages().size(); i++) {
            if (i == theirs.size()) {
                return "Netty lacks message " + i + ": " + failure;
            }
            String difference = difference(ours.messages().get(i), theirs.get(i), ours.fault() != null);
            if (difference != null) {
                return difference;
            }
        }
        if (ours.fault() != null) {
            return null;
        }
        if (theirs.size() > ours.messages().size()) {
            return "Netty has more messages: " + theirs;
        }
        return failure == null || failsAtItsEnd(bytes) ? null : "Netty fails: " + failure;
    }

    private static @Nullable String difference(Message ours, Message netty, boolean refused) {
        if (!head(ours).equals(head(netty))) {
            return "heads: " + head(ours) + " <> " + head(netty);
        }
        if (ours.complete()) {
            List<String> trailers = ours.trailers().stream()
                    .filter(t -> !t.matches(FORBIDDEN_TRAILER))
                    .toList();
            boolean same = netty.complete() && ours.body().equals(netty.body()) && trailers.equals(netty.trailers());
            return same ? null : "messages: " + ours + " <> " + netty;
        }
        if (refused) {
            boolean prefix =
                    ours.body().startsWith(netty.body()) || netty.body().startsWith(ours.body());
            return prefix ? null : "bodies up to the fault: " + ours.body() + " <> " + netty.body();
        }
        return !netty.complete() && ours.body().equals(netty.body()) ? null : "bodies: " + ours + " <> " + netty;
    }

    private static List<Object> head(Message message) {
        return List.of(message.method(), message.target(), message.minor(), message.fields());
    }

    /** Ours reads a head or a trailer section once it is whole, Netty line by line. */
    private static boolean failsAtItsEnd(byte[] bytes) {
        byte[] ended = Arrays.copyOf(bytes, bytes.length + 4);
        System.arraycopy(Samples.bytes("\r\n\r\n"), 0, ended, bytes.length, 4);
        return Connection.read(ended).fault() != null;
    }

    private static boolean hasObsText(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return true;
            }
        }
        return false;
    }
}
