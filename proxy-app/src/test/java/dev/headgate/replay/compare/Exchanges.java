package dev.headgate.replay.compare;

import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedField;
import dev.headgate.replay.RecordedRequest;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.replay.ReplayedExchange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Makes exchanges to compare. */
final class Exchanges {
    private Exchanges() {}

    static RecordedResponse answer(int status, RecordedBody body, String... fields) {
        List<RecordedField> lines = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            lines.add(new RecordedField(fields[i], fields[i + 1]));
        }
        return new RecordedResponse(status, lines, body);
    }

    static RecordedResponse json(String body) {
        return answer(200, body(body), "Content-Type", "application/json");
    }

    static RecordedBody body(String text) {
        return RecordedBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Of which more followed. */
    static RecordedBody cut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new RecordedBody(bytes, bytes.length + 1000, true);
    }

    static RecordedRequest request(String method, String target, String... fields) {
        return new RecordedRequest(
                method, target, answer(0, RecordedBody.NONE, fields).fields(), RecordedBody.NONE);
    }

    static RecordedExchange recorded(
            String verdict, String reason, RecordedRequest request, RecordedResponse response) {
        return new RecordedExchange(
                "chat.ndjson: line 3",
                1_764_086_400_000_000L,
                1200,
                "01a2b3",
                verdict,
                reason,
                request,
                response,
                false);
    }

    static RecordedExchange recorded(RecordedResponse response) {
        return recorded(null, null, request("GET", "/api/v2/guests/messages"), response);
    }

    static ReplayedExchange replayed(RecordedExchange recorded, RecordedResponse response) {
        return new ReplayedExchange(recorded, response, null, 1300, List.of());
    }

    static ReplayedExchange failed(RecordedExchange recorded, String failure) {
        return new ReplayedExchange(recorded, null, failure, -1, List.of());
    }

    static List<String> kinds(Collection<Difference> found) {
        return found.stream().map(Difference::kind).toList();
    }
}
