package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private int check(String... args) {
        return new CommandLine(new CheckCommand(Map.of("GENESYS_ORG_ID", "org-1"), Set.of("forum-guest")))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Test
    void tellsTheFateOfEachHeader() {
        assertThat(check("../config/headgate.yaml")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString()).startsWith("""
                        ../config/headgate.yaml: ok

                        route /api/v2/guests/
                          upstream             genesys (https://api.mypurecloud.com)
                          profile              forum-guest
                          Authorization        verbatim
                          x-request-id         kept when valid, else replaced by a UUIDv7
                          X-Genesys-Cloud-Id   set (replaces the client's)
                          Host                 set to api.mypurecloud.com
                          Connection           removed
                          Keep-Alive           removed
                          Proxy-Connection     removed
                          TE                   removed
                          Upgrade              removed
                          Proxy-Authorization  removed
                          Transfer-Encoding    re-framed
                          everything else      verbatim

                        route /
                          upstream             genesys (https://api.mypurecloud.com)
                          profile              none
                        """).doesNotContain("org-1");
    }

    @Test
    void tellsTheOtherPolicies() throws Exception {
        String sample = Files.readString(Path.of("../config/headgate.yaml"));
        Path file = Files.writeString(
                directory.resolve("c.yaml"),
                sample.replace("onConflict: replace", "onConflict: refuse")
                        .replace("accept: valid", "accept: never")
                        .replace("idle: 75s", "idle: 1s"));
        assertThat(check(file.toString())).isZero();
        assertThat(out.toString())
                .contains("set (another is refused)", "always replaced")
                .doesNotContain("kept when valid");
        assertThat(err.toString())
                .matches("warning: " + file + ":[0-9]+:9: timeouts\\.idle: shorter than timeouts\\.head\\R");
    }

    @Test
    void tellsThatNoOrganizationIsConfigured() throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                listeners: [{address: "127.0.0.1:0"}]
                upstreams: {local: {url: "http://localhost:8081"}}
                routes: [{path: /, upstream: local}]
                """);
        assertThat(check(file.toString())).isZero();
        assertThat(out.toString())
                .contains(
                        "X-Genesys-Cloud-Id   not configured: passed", "Host                 set to localhost:8081\n");
    }

    @Test
    void printsEveryErrorAndExitsWith2() throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), "listeners: []\nupstream: {}\nroutes: 1\n");
        assertThat(check(file.toString())).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .hasSize(4)
                .allMatch(line -> line.startsWith(file + ":"))
                .anyMatch(line -> line.contains("did you mean \"upstreams\"?"));
    }

    @Test
    void helpAndVersionAndUsage() {
        assertThat(check("--help")).isZero();
        assertThat(out.toString()).contains("Usage: check", "CONFIG", "Exit codes:");
        assertThat(check("--version")).isZero();
        assertThat(out.toString()).contains("headgate ");
        assertThat(err.toString()).isEmpty();
        assertThat(check()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required parameter: 'CONFIG'");
    }
}
