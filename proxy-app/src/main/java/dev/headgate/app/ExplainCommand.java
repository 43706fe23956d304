package dev.headgate.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code headgate explain REQUEST_ID}: asks a running proxy's admin port why an exchange ended as it did. */
@Command(
        name = "explain",
        description = "Tells why a request ended as it did: who decided, by what, and what to do about it.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the request is known", "1:it is not, or not any more", "2:the admin port does not answer"})
public final class ExplainCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A request id has 128 characters at most. */
    private static final int LONGEST_ID = 128;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "REQUEST_ID", description = "The x-request-id of the answer.")
    private String requestId = "";

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "${env:HEADGATE_ADMIN:-http://127.0.0.1:9090}",
            description = {
                "The admin port of the proxy.",
                "Default: the environment variable HEADGATE_ADMIN,",
                "else http://127.0.0.1:9090."
            })
    private String admin = "";

    @Option(names = "--json", description = "Prints the answer of the admin port as it is.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            HttpResponse<String> answer = ask();
            String type = answer.headers().firstValue("content-type").orElse("");
            if (answer.statusCode() == 404 && type.equals("application/problem+json")) {
                JsonNode problem = new JsonMapper().readTree(answer.body());
                err.println("headgate: " + problem.path("detail").asString(""));
                return 1;
            }
            if (answer.statusCode() != 200 || !type.equals("application/json")) {
                return noAnswer("it answered " + answer.statusCode(), err);
            }
            if (json) {
                out.print(answer.body());
            } else {
                new ExplainReport(out).print(new JsonMapper().readTree(answer.body()));
            }
            return 0;
        } catch (IOException e) {
            return noAnswer(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), err);
        } catch (JacksonException e) {
            return noAnswer("it did not answer with JSON", err);
        } catch (IllegalArgumentException e) {
            return noAnswer("no http or https URL", err);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private HttpResponse<String> ask() throws IOException, InterruptedException {
        String id = requestId.substring(0, Math.min(requestId.length(), LONGEST_ID + 1));
        String escaped = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
        HttpRequest request = HttpRequest.newBuilder(URI.create(admin.replaceFirst("/+$", "") + "/explain/" + escaped))
                .timeout(PATIENCE)
                .build();
        HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        return client.send(request, BodyHandlers.ofString());
    }

    private int noAnswer(String why, PrintWriter err) {
        err.println("headgate: " + admin + ": " + why
                + " (expected: the admin port of a running headgate; name it by --admin or HEADGATE_ADMIN)");
        return 2;
    }
}
