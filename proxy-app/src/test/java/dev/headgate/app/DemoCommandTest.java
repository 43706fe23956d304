package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DemoCommandTest {
    private static final String ID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} ";
    private static final String CREATE = ID + "POST /api/v2/guests/identities 200 allow -";
    private static final String WRITE = ID + "POST /api/v2/guests/messages ";
    private static final String READ = ID + "GET /api/v2/guests/messages\\?conversationId=[0-9a-f-]{36} 200 allow -";

    @Test
    void everyExchangeHasItsLineAndItsVerdict() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = new CommandLine(new DemoCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("--once");

        assertThat(exit).as(err.toString()).isZero();
        List<String> expected = List.of(
                CREATE,
                WRITE + "200 allow -",
                CREATE,
                WRITE + "200 allow -",
                READ,
                WRITE + "403 deny session\\.guest",
                WRITE + "401 deny auth\\.missing",
                WRITE + "401 deny auth\\.placeholder",
                WRITE + "401 deny token\\.unknown",
                CREATE,
                WRITE + "401 deny token\\.superseded",
                WRITE + "200 allow -",
                WRITE + "401 allow -",
                ID + "POST /api/v2/guests/identities 200 observe-deny identity\\.incomplete",
                WRITE + "403 deny purpose\\.missing");
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSameSizeAs(expected);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).as("line %d", i + 1).matches(expected.get(i));
        }
        assertThat(lines.stream().map(line -> line.substring(0, 36))).doesNotHaveDuplicates();
        assertThat(err.toString())
                .containsPattern("headgate: listening on http://127\\.0\\.0\\.1:[0-9]+")
                .containsPattern("headgate: admin on http://127\\.0\\.0\\.1:[0-9]+")
                .contains("a stripped Authorization: 401", "Ada's token with Grace's message: 403")
                .contains("a conversation that Genesys has ended: The token has expired (token.expired: the API says")
                .contains("a conversation that Genesys has ended: 401 The supplied credentials are expired.")
                .contains("a message of an identity without a purpose: 403 User not authenticated");
        // A token of the sandbox has 43 characters of base64url; nothing else that long may be there.
        assertThat(out.toString() + err)
                .doesNotContain("3f9a17c2b4d85e60", "Bearer ")
                .doesNotContainPattern("[A-Za-z0-9_-]{43}");
    }
}
