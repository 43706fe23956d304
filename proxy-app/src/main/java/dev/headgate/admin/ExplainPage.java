package dev.headgate.admin;

import dev.headgate.gate.GateSettings;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.observe.OpenWebSockets;
import dev.headgate.observe.RecentExchanges;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /explain/REQUEST_ID}: why the exchanges of that id ended as they did, after the WebSockets of that id that are
 * open. {@code /explain}: which ones there are.
 */
public final class ExplainPage implements AdminPage {
    private static final String ROOT = "/explain/";
    private static final int LISTED = 20;

    private final RecentExchanges recent;
    private final OpenWebSockets open;
    private final Supplier<GateSettings> settings;

    /**
     * @param settings in force, which name the fields that are added
     */
    public ExplainPage(RecentExchanges recent, OpenWebSockets open, Supplier<GateSettings> settings) {
        this.recent = recent;
        this.open = open;
        this.settings = settings;
    }

    @Override
    public CompletionStage<AdminResponse> answer(FullHttpRequest request) {
        return CompletableFuture.completedFuture(answer(request.uri()));
    }

    private AdminResponse answer(String uri) {
        String path;
        try {
            path = new QueryStringDecoder(uri).path();
        } catch (IllegalArgumentException e) {
            return AdminResponse.problem(HttpResponseStatus.BAD_REQUEST, "request id: a malformed percent-encoding");
        }
        String id = path.length() > ROOT.length() ? path.substring(ROOT.length()) : "";
        if (id.isEmpty()) {
            return list();
        }
        // In this order: one that ends meanwhile is found at least once.
        List<OpenWebSockets.Open> opened = open.find(id);
        List<ExchangeRecord> found = recent.find(id);
        if (opened.isEmpty() && found.isEmpty()) {
            return AdminResponse.problem(
                    HttpResponseStatus.NOT_FOUND,
                    "request id: unknown (expected: that of one of the " + recent.size()
                            + " exchanges kept, or of an open WebSocket)");
        }
        ObjectNode body = AdminResponse.JSON.createObjectNode().put("request_id", id);
        ArrayNode exchanges = body.putArray("exchanges");
        opened.forEach(each -> exchanges.add(Explanation.of(each, settings.get())));
        found.forEach(exchange -> exchanges.add(Explanation.of(exchange, settings.get())));
        return AdminResponse.json(body);
    }

    private AdminResponse list() {
        StringBuilder text = new StringBuilder()
                .append("GET /explain/REQUEST_ID tells why an exchange ended as it did; ")
                .append(recent.size())
                .append(" are kept, the newest first:");
        for (ExchangeRecord exchange : recent.newest(LISTED)) {
            text.append('\n')
                    .append(Instant.ofEpochMilli(exchange.startMillis()))
                    .append(' ')
                    .append(line(exchange));
        }
        return AdminResponse.text(HttpResponseStatus.OK, text.toString());
    }

    private static String line(ExchangeRecord exchange) {
        return String.join(
                " ",
                exchange.requestId(),
                PrintableText.of(exchange.method()),
                PrintableText.of(exchange.path()),
                String.valueOf(exchange.status()),
                Explanation.verdict(exchange),
                exchange.reason() == null ? "-" : exchange.reason().code());
    }
}
