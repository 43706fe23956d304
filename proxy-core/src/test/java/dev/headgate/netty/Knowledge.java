package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** Guest sessions of the knowledge API, whose ids are their credentials. */
final class Knowledge {
    static final String ROOT = "/api/v2/knowledge/guest/sessions";

    private Knowledge() {}

    /** The id of a session that was started through the edge; what the API was asked for is forgotten. */
    static String started(GuardedEdge edge) throws IOException, InterruptedException {
        return started(edge, UUID.randomUUID().toString());
    }

    static String started(GuardedEdge edge, String id) throws IOException, InterruptedException {
        var usual = edge.api.script;
        edge.api.script = seen -> List.of(GuestApi.json("{\"id\":\"" + id + "\"}"));
        assertThat(edge.ask(create()).status()).isEqualTo(200);
        edge.api.script = usual;
        assertThat(edge.record().tokenCheck()).isEqualTo(ExchangeRecord.TokenCheck.LEARNED);
        edge.api.seen.clear();
        return id;
    }

    static String create() {
        return Ask.post(ROOT, "{\"app\":{\"deploymentId\":\"d\"}}", "Content-Type: application/json");
    }
}
