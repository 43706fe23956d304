package dev.headgate.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Debian's Chromium, told by its DevTools protocol to open a page, and the HAR that its events make. */
final class Chromium implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final WebSocket socket;
    private final LinkedBlockingQueue<JsonNode> heard;
    private final Map<String, ObjectNode> requests = new LinkedHashMap<>();
    private String session = "";
    private int calls;

    private Chromium(Process process, Path log, WebSocket socket, LinkedBlockingQueue<JsonNode> heard) {
        this.process = process;
        this.log = log;
        this.socket = socket;
        this.heard = heard;
    }

    /**
     * The command that starts one without a window. It has a sandbox of its own that a container may not allow, and needs
     * none for a page of ours.
     *
     * @param directory for its profile
     * @param more options and the page
     */
    static List<String> command(Path directory, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--ignore-certificate-errors",
                "--no-proxy-server",
                "--user-data-dir=" + directory.resolve("profile")));
        command.addAll(List.of(more));
        return command;
    }

    static Chromium start(Path directory) throws Exception {
        Path log = directory.resolve("chromium.log");
        Process process = new ProcessBuilder(command(directory, "--remote-debugging-port=0", "about:blank"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            LinkedBlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create(address(process, log)), new Listener(heard))
                    .get(30, TimeUnit.SECONDS);
            Chromium chromium = new Chromium(process, log, socket, heard);
            chromium.attach();
            return chromium;
        } catch (Exception | Error e) {
            end(process);
            throw e;
        }
    }

    private static String address(Process process, Path log) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < until && process.isAlive()) {
            for (String line : Files.readAllLines(log)) {
                if (line.startsWith("DevTools listening on ")) {
                    return line.substring("DevTools listening on ".length());
                }
            }
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("no DevTools: " + Files.readString(log));
    }

    private record Listener(LinkedBlockingQueue<JsonNode> heard, StringBuilder part) implements WebSocket.Listener {
        Listener(LinkedBlockingQueue<JsonNode> heard) {
            this(heard, new StringBuilder());
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                heard.add(RunningProxy.JSON.readTree(part.toString()));
                part.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }

    private void attach() throws Exception {
        ObjectNode target = RunningProxy.JSON.createObjectNode().put("url", "about:blank");
        String id = call("Target.createTarget", target).path("targetId").asString("");
        ObjectNode attach =
                RunningProxy.JSON.createObjectNode().put("targetId", id).put("flatten", true);
        session = call("Target.attachToTarget", attach).path("sessionId").asString("");
        call("Network.enable", RunningProxy.JSON.createObjectNode());
    }

    private JsonNode call(String method, ObjectNode params) throws Exception {
        int id = ++calls;
        ObjectNode call = RunningProxy.JSON.createObjectNode().put("id", id).put("method", method);
        call.set("params", params);
        if (!session.isEmpty()) {
            call.put("sessionId", session);
        }
        socket.sendText(call.toString(), true).get(10, TimeUnit.SECONDS);
        return await(message -> message.path("id").asInt(-1) == id).path("result");
    }

    /** The next message of that kind; those before it are taken note of. */
    private JsonNode await(Predicate<JsonNode> wanted) throws Exception {
        while (true) {
            JsonNode message = heard.poll(60, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("Chromium says nothing: " + Files.readString(log));
            }
            note(message);
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    private void note(JsonNode message) {
        String method = message.path("method").asString("");
        JsonNode params = message.path("params");
        if (method.startsWith("Network.") && params.has("requestId")) {
            ObjectNode request = requests.computeIfAbsent(
                    params.path("requestId").asString(""), id -> RunningProxy.JSON.createObjectNode());
            request.set(method.substring("Network.".length()), params);
        }
    }

    /**
     * Opens a page.
     *
     * @param last how the URL of its last request ends
     * @return the HAR of what it loaded up to then, as the Network panel of DevTools saves it
     */
    String load(String url, String last) throws Exception {
        call("Page.navigate", RunningProxy.JSON.createObjectNode().put("url", url));
        await(message -> {
            JsonNode finished =
                    requests.get(message.path("params").path("requestId").asString(""));
            boolean ended = message.path("method").asString("").equals("Network.loadingFinished");
            return ended
                    && finished != null
                    && finished.at("/requestWillBeSent/request/url")
                            .asString("")
                            .endsWith(last);
        });
        ArrayNode entries = RunningProxy.JSON.createArrayNode();
        for (Map.Entry<String, ObjectNode> request : List.copyOf(requests.entrySet())) {
            if (request.getValue().has("requestWillBeSent")) {
                entries.add(entry(request.getKey(), request.getValue()));
            }
        }
        ObjectNode har = RunningProxy.JSON.createObjectNode();
        ObjectNode log = har.putObject("log");
        log.put("version", "1.2");
        log.putObject("creator").put("name", "WebInspector").put("version", "537.36");
        log.putArray("pages");
        log.set("entries", entries);
        return RunningProxy.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(har);
    }

    private ObjectNode entry(String id, ObjectNode events) throws Exception {
        JsonNode sent = events.path("requestWillBeSent");
        JsonNode received = events.path("responseReceived");
        ObjectNode entry = RunningProxy.JSON.createObjectNode();
        entry.set("_initiator", sent.path("initiator"));
        entry.put("_priority", sent.at("/request/initialPriority").asString(""));
        entry.put("_resourceType", sent.path("type").asString("").toLowerCase(Locale.ROOT));
        entry.putObject("cache");
        entry.put("connection", received.at("/response/connectionId").asString(""));
        entry.set("request", request(sent.path("request"), events));
        entry.set("response", response(id, received.path("response"), events));
        double start = sent.path("wallTime").asDouble(0);
        entry.put("serverIPAddress", received.at("/response/remoteIPAddress").asString(""));
        entry.put("startedDateTime", Instant.ofEpochMilli((long) (start * 1000)).toString());
        double end = events.at("/loadingFinished/timestamp").asDouble(0);
        entry.put("time", (end - sent.path("timestamp").asDouble(0)) * 1000);
        entry.putObject("timings")
                .put("send", 0.1)
                .put("wait", 1.5)
                .put("receive", 0.3)
                .put("_blocked_queueing", 2);
        return entry;
    }

    private static ObjectNode request(JsonNode request, ObjectNode events) {
        ObjectNode made = RunningProxy.JSON.createObjectNode();
        made.put("method", request.path("method").asString(""));
        made.put("url", request.path("url").asString(""));
        made.put("httpVersion", events.at("/responseReceived/response/protocol").asString(""));
        JsonNode onTheWire = events.at("/requestWillBeSentExtraInfo/headers");
        made.set("headers", fields(onTheWire.isObject() ? onTheWire : request.path("headers")));
        made.putArray("queryString");
        made.putArray("cookies");
        made.put("headersSize", -1);
        String body = request.path("postData").asString("");
        made.put("bodySize", body.length());
        if (request.path("hasPostData").asBoolean(false)) {
            made.putObject("postData").put("mimeType", "application/json").put("text", body);
        }
        return made;
    }

    private ObjectNode response(String id, JsonNode response, ObjectNode events) throws Exception {
        ObjectNode made = RunningProxy.JSON.createObjectNode();
        made.put("status", response.path("status").asInt(0));
        made.put("statusText", response.path("statusText").asString(""));
        made.put("httpVersion", response.path("protocol").asString(""));
        JsonNode onTheWire = events.at("/responseReceivedExtraInfo/headers");
        made.set("headers", fields(onTheWire.isObject() ? onTheWire : response.path("headers")));
        made.putArray("cookies");
        JsonNode body = call(
                "Network.getResponseBody", RunningProxy.JSON.createObjectNode().put("requestId", id));
        ObjectNode content = made.putObject("content");
        content.put("size", -1);
        content.put("mimeType", response.path("mimeType").asString(""));
        content.put("text", body.path("body").asString(""));
        if (body.path("base64Encoded").asBoolean(false)) {
            content.put("encoding", "base64");
        }
        made.put("redirectURL", "");
        made.put("headersSize", -1);
        made.put("bodySize", -1);
        made.put("_transferSize", response.path("encodedDataLength").asInt(0));
        made.putNull("_error");
        return made;
    }

    private static ArrayNode fields(JsonNode fields) {
        List<ObjectNode> made = new ArrayList<>();
        fields.properties()
                .forEach(field -> made.add(RunningProxy.JSON
                        .createObjectNode()
                        .put("name", field.getKey())
                        .put("value", field.getValue().asString(""))));
        ArrayNode array = RunningProxy.JSON.createArrayNode();
        made.forEach(array::add);
        return array;
    }

    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        socket.abort();
        end(process);
    }
}
