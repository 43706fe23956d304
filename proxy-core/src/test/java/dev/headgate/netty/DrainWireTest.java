package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.WireClient.Answer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A new request while the edge shuts down. */
class DrainWireTest extends GuardedWireTest {
    @Test
    void aNewRequestIsRefusedAndUnseen() throws Exception {
        Guest guest = edge.newGuest();
        passed(Ask.message(guest.message(), guest.bearer()));
        try (WireClient client = edge.connect()) {
            edge.edge.drain();
            Answer answer =
                    client.send(Ask.message(guest.message(), guest.bearer())).read();
            Refusals.check(answer, Reason.PROXY_DRAINING, "draining", edge.record());
            assertThat(answer.value("Connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(edge.api.seen).hasSize(1);
    }

    @Test
    void aCredentialInThePathIsMaskedAllTheSame() throws Exception {
        String session = UUID.randomUUID().toString();
        edge.edge.drain();
        ExchangeRecord record =
                refused(Ask.get(Knowledge.ROOT + "/" + session + "/documents"), Reason.PROXY_DRAINING, "draining");
        assertThat(record.toString()).doesNotContain(session);
        assertThat(record.path()).isEqualTo(Knowledge.ROOT + "/[masked]/documents");
    }
}
