package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.admin.AdminClient;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/**
 * No token in any output of any kind, though clients put it into queries, paths, ids, cookies and other fields. A request
 * id that is a token is known for one only beside a readable Authorization field that holds it: not covered otherwise.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NoTokenTest {
    private static final String UNKNOWN = "Zq7vM2xK9tB4nR6wY1cD8fG3hJ5lP0sA";

    @TempDir
    Path directory;

    private final Map<String, String> outputs = new LinkedHashMap<>();
    private final Set<String> answered = new LinkedHashSet<>();
    private final List<String> tokens = new ArrayList<>(List.of(UNKNOWN));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereverAClientPutsIt(boolean jwt) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.defaults()
                .withOrganizationId(RunningProxy.ORGANIZATION)
                .withJwtTokens(jwt))) {
            Path config = Files.writeString(
                    directory.resolve("headgate.yaml"),
                    RunningProxy.config("  - address: 127.0.0.1:0\n", sandbox.url())
                            + "accessLog:\n  path: \"-\"\ncapture:\n  path: captures\n");
            try (ChildProcess child = ChildProcess.run(config)) {
                int port = URI.create(child.after("headgate: listening on ")).getPort();
                int admin = URI.create(child.after("headgate: admin on ")).getPort();
                int exchanges = converse(port);
                outputs.put("metrics", scrape(admin));
                ask(admin);
                child.terminate();
                assertThat(child.exit()).as(child.err()).isZero();
                outputs.put("access log", child.out());
                outputs.put("standard error", child.err());
                assertThat(child.out().lines()).hasSize(exchanges);
                Path captures = directory.resolve("captures");
                assertThat(CapturedLines.lines(captures)).hasSize(exchanges);
                outputs.put("capture", CapturedLines.text(CapturedLines.files(captures)));
            }
            outputs.put("check", check(config));
        }

        assertThat(tokens).hasSize(4).allMatch(token -> token.length() > 20);
        List<String> leaks = new ArrayList<>();
        outputs.forEach((name, text) -> linesWithTokens(text).forEach(line -> leaks.add(name + ": " + line)));
        assertThat(leaks).isEmpty();
        assertThat(outputs.values()).noneMatch(String::isEmpty);
    }

    /** The offending lines, fit to be printed. */
    private List<String> linesWithTokens(String text) {
        return text.lines()
                .filter(line -> tokens.stream().anyMatch(line::contains))
                .map(line -> {
                    String masked = line;
                    for (String token : tokens) {
                        masked = masked.replace(token, "TOKEN");
                    }
                    return masked;
                })
                .toList();
    }

    private int converse(int port) throws Exception {
        JsonNode ada = created(port, "{\"purpose\":\"chat\"}");
        JsonNode grace = created(port, "{\"purpose\":\"chat\"}");
        String stale = RawClient.bearer(ada);
        ada = created(
                port,
                RunningProxy.JSON
                        .createObjectNode()
                        .put("purpose", "chat")
                        .put("guestId", ada.path("guestId").asString(""))
                        .toString());
        String good = RawClient.bearer(ada);
        String token = tokens.get(3);
        assertThat(RawClient.message(port, good, ada).status()).isEqualTo(200);

        List<String> requests = new ArrayList<>(List.of(
                RawClient.messageOf(stale, ada),
                RawClient.messageOf(good, grace),
                RawClient.messageOf("[REDACTED]", ada),
                RawClient.messageOf("Bearer " + UNKNOWN, ada),
                RawClient.messageOf("Basic " + UNKNOWN, ada),
                RawClient.messageOf(token, ada),
                RawClient.messageOf(good + " " + token, ada),
                RawClient.messageOf(good + "\r\nAuthorization: " + stale, ada),
                RawClient.messageOf("Bearer\r\n " + token, ada),
                RawClient.messageOf(good + "\u0001", ada),
                RawClient.messageOf(good, RunningProxy.JSON.createObjectNode().put("guestId", token)),
                RawClient.messageOf(good, RunningProxy.JSON.createObjectNode().put("conversationId", token)),
                RawClient.request("POST", "/api/v2/guests/messages", line(good), "{\"text\":\"" + token)));
        String messages = "/api/v2/guests/messages";
        for (String name : List.of("token", "access_token", "guestId", "conversationId", "q")) {
            requests.add(get(messages + "?" + name + "=" + token, line(good)));
            requests.add(get(messages + "?" + name + "=" + token, ""));
        }
        for (String target : List.of(
                messages + "/" + token,
                "/" + token + "/x",
                messages + "?" + token,
                messages + "?a=b&" + token + "=c",
                "/%zz" + token,
                "/x;jwt=" + token)) {
            requests.add(get(target, line(good)));
        }
        for (String field : List.of(
                "Cookie: guest_token=",
                "X-Genesys-Cloud-Id: ",
                "X_Genesys_Cloud_Id: ",
                "Via: ",
                "traceparent: ",
                "Connection: ",
                "Content-Length: ",
                "Transfer-Encoding: ",
                "Proxy-Authorization: Bearer ",
                "Host: ",
                "Expect: ",
                token + ": ",
                "bad name ")) {
            requests.add(get(messages, field + token + "\r\n"));
        }
        requests.add(get(messages, line(good) + "x-request-id: " + token + "\r\n"));
        requests.add(get(messages, line(good) + "x-request-id: Bearer " + token + "\r\n"));
        requests.add(get(messages, line(good) + "x-request-id: " + token + "\r\nx-request-id: b\r\n"));
        requests.add(token + " / HTTP/1.1\r\nHost: a\r\n\r\n");
        requests.add("GET / " + token + "\r\nHost: a\r\n\r\n");
        requests.add(token + "\r\n\r\n");

        for (int i = 0; i < requests.size(); i++) {
            RawClient.Response answer = RawClient.exchange(port, requests.get(i));
            answered.add(answer.field("x-request-id"));
            // An answer of the upstream's is forwarded as it is.
            if (!answer.field("x-headgate-reason").isEmpty()) {
                outputs.put("refusal of request " + i, answer.text());
            }
        }
        assertThat(outputs).hasSizeGreaterThan(15);
        return 4 + requests.size();
    }

    /** What the admin port says of all exchanges, and of all sessions that they had. */
    private void ask(int port) throws Exception {
        AdminClient admin = new AdminClient("http://127.0.0.1:" + port);
        outputs.put("explain", admin.get("/explain").body());
        Set<String> fingerprints = new LinkedHashSet<>();
        assertThat(answered).hasSizeGreaterThan(30);
        for (String id : answered) {
            String explained = admin.get("/explain/" + id).body();
            JsonNode exchanges = RunningProxy.JSON.readTree(explained).path("exchanges");
            assertThat(exchanges).as(id).isNotEmpty();
            outputs.put("explain " + id, explained);
            exchanges.forEach(
                    exchange -> fingerprints.add(exchange.path("token").asString("")));
            StringWriter report = new StringWriter();
            PrintWriter to = new PrintWriter(report);
            assertThat(new CommandLine(new ExplainCommand())
                            .setOut(to)
                            .setErr(to)
                            .execute(id, "--admin", "http://127.0.0.1:" + port))
                    .isZero();
            outputs.put("headgate explain " + id, report.toString());
        }
        outputs.put("sessions", admin.get("/sessions").body());
        fingerprints.remove("");
        assertThat(fingerprints).hasSizeGreaterThan(2);
        int found = 0;
        for (String fingerprint : fingerprints) {
            String sessions = admin.get("/sessions?fingerprint=" + fingerprint).body();
            found += RunningProxy.JSON.readTree(sessions).path("found").asInt();
            outputs.put("session " + fingerprint, sessions);
        }
        assertThat(found).isGreaterThan(1);
        for (String token : tokens) {
            for (String name : List.of("fingerprint", "guest", "conversation", "member", "chat", "token")) {
                String query = "/sessions?" + name + "=" + token;
                outputs.put(
                        "lookup by a token as " + name + " " + outputs.size(),
                        admin.get(query).body());
                outputs.put(
                        "revocation " + outputs.size(),
                        admin.send("DELETE", query).body());
            }
            outputs.put(
                    "explanation of a token " + outputs.size(),
                    admin.get("/explain/" + token).body());
        }
    }

    private static String get(String target, String fields) {
        return RawClient.request("GET", target, fields, "");
    }

    private static String line(String authorization) {
        return "Authorization: " + authorization + "\r\n";
    }

    private JsonNode created(int port, String body) throws Exception {
        JsonNode identity = RawClient.identity(port, body).json();
        tokens.add(identity.path("guest_token").asString(""));
        return identity;
    }

    private static String scrape(int admin) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/metrics"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static String check(Path config) {
        StringWriter out = new StringWriter();
        PrintWriter to = new PrintWriter(out, true);
        assertThat(new CommandLine(new CheckCommand()).setOut(to).setErr(to).execute(config.toString()))
                .isZero();
        return out.toString();
    }
}
