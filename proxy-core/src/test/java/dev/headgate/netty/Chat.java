package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One guest of webchat v2, as the API knows it. */
record Chat(String jwt, String conversation, String member) {
    static final String ROOT = "/api/v2/webchat/guest/conversations";

    /** With claims that say what it is bound to. */
    static Chat next() {
        String conversation = UUID.randomUUID().toString();
        String member = UUID.randomUUID().toString();
        return new Chat(claiming(conversation, member, ""), conversation, member);
    }

    /**
     * @param more claims, each with a comma before it
     */
    static String claiming(String conversation, String member, String more) {
        return Jwts.of("{\"data\":{\"conv\":\"" + conversation + "\",\"sub\":\"" + member + "\"},\"jti\":\""
                + UUID.randomUUID() + "\"" + more + "}");
    }

    /** Started through the edge; what the API was asked for is forgotten. */
    static Chat started(GuardedEdge edge) throws IOException, InterruptedException {
        return started(edge, next());
    }

    static Chat started(GuardedEdge edge, Chat chat) throws IOException, InterruptedException {
        var usual = edge.api.script;
        edge.api.script = seen -> List.of(chat.answer());
        assertThat(edge.ask(create()).status()).isEqualTo(200);
        edge.api.script = usual;
        assertThat(edge.record().tokenCheck()).isEqualTo(ExchangeRecord.TokenCheck.LEARNED);
        edge.api.seen.clear();
        return chat;
    }

    static String create() {
        return Ask.post(
                ROOT,
                "{\"organizationId\":\"" + GuardedEdge.ORGANIZATION + "\",\"deploymentId\":\"d\"}",
                "Content-Type: application/json");
    }

    String answer() {
        return GuestApi.json("{\"id\":\"" + conversation + "\",\"jwt\":\"" + jwt
                + "\",\"eventStreamUri\":\"wss://streaming.example/x\",\"member\":{\"id\":\"" + member + "\"}}");
    }

    String bearer() {
        return "Authorization: Bearer " + jwt;
    }

    /** A request for the conversation, or what is under it. */
    String ask(String method, String under, @Nullable String body) {
        return asks(bearer(), method, under, body);
    }

    /** Likewise with another credential. */
    String asks(String authorization, String method, String under, @Nullable String body) {
        return Ask.request(
                method, ROOT + "/" + conversation + under, body, authorization, "Content-Type: application/json");
    }

    String messages() {
        return "/members/" + member + "/messages";
    }
}
