package dev.headgate.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A proxy of somebody else's, in front of the edge or behind it, that does one thing wrong. */
final class Hop implements AutoCloseable {
    /** The thing that it does wrong. */
    interface Fault {
        /** Changes the fields of a request, whose names are in lower case. */
        default void change(Map<String, String> fields) {}

        /** An answer of its own, or null to let the request pass. */
        default @Nullable String refuse(String path, Map<String, String> fields) {
            return null;
        }

        /** What becomes of an answer's body. */
        default String answer(String body) {
            return body;
        }
    }

    /** Those that the client, or the server, sets itself. */
    private static final Set<String> OWN =
            Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade", "http2-settings");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String next;
    private final Fault fault;
    private final HttpServer server;

    private Hop(String next, Fault fault) throws IOException {
        this.next = next;
        this.fault = fault;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::pass);
        server.start();
    }

    /** @param next URL of what is behind it */
    static Hop before(String next, Fault fault) throws IOException {
        return new Hop(next, fault);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readAllBytes();
            Map<String, String> fields = new TreeMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> fields.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
            fields.keySet().removeAll(OWN);
            fault.change(fields);
            String own = fault.refuse(exchange.getRequestURI().getPath(), fields);
            if (own != null) {
                exchange.getResponseHeaders()
                        .set("Content-Type", own.startsWith("{") ? "application/json" : "text/html");
                send(exchange, 403, own);
                return;
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(next + exchange.getRequestURI()))
                    .timeout(Duration.ofSeconds(10))
                    .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
            fields.forEach(request::header);
            HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
            answer.headers().map().forEach((name, values) -> {
                if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            send(exchange, answer.statusCode(), fault.answer(answer.body()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
