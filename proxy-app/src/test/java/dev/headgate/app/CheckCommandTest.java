package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private int check(String... args) {
        return new CommandLine(new CheckCommand(Map.of("GENESYS_ORG_ID", "org-1")))
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
                            POST   /api/v2/guests/identities                        learns token, guest, conversation, chat, division, lifetime, scopes, purpose
                            POST   /api/v2/guests/messages                          guards Authorization with bearer, issued here, guest, conversation, chat, division, scope guest:chat or guest:chat:write, scope guest:write or guest:chat:write, purpose chat, a JSON body
                            GET    /api/v2/guests/messages                          guards Authorization with bearer, issued here, guest, conversation, chat, division, scope guest:chat or guest:chat:read, purpose chat
                            DELETE /api/v2/guests/conversations/{conversationId}    guards Authorization with bearer, issued here, guest, conversation, chat, division; ends the conversation
                            any    /api/v2/guests/conversations/{conversationId}/** guards Authorization with bearer, issued here, guest, conversation, chat, division
                            any    /api/v2/guests/**                                guards Authorization with bearer, issued here, guest, conversation, chat, division
                          mode                 enforce
                          observed             identity.incomplete
                          unknown tokens       refused
                          Authorization        verbatim
                          x-request-id         kept when valid, else replaced by a UUIDv7
                          X-Genesys-Cloud-Id   set (replaces the client's)
                          Host                 set to api.mypurecloud.com
                          Connection           removed
                          Keep-Alive           removed
                          Proxy-Connection     removed
                          TE                   removed
                          Upgrade              removed, unless it asks for a WebSocket
                          Proxy-Authorization  removed
                          Transfer-Encoding    re-framed
                          X-Forwarded-For      set
                          X-Forwarded-Proto    set
                          X-Forwarded-Host     set
                          X-Forwarded-Port     removed
                          Forwarded            removed
                          everything else      verbatim

                        route /
                          upstream             genesys (https://api.mypurecloud.com)
                          profile              none
                          mode                 enforce
                          observed             identity.incomplete
                          Authorization        verbatim
                        """).doesNotContain("org-1");
    }

    @Test
    void tellsWhomItBelieves() throws Exception {
        Path file = Files.writeString(
                directory.resolve("c.yaml"),
                Files.readString(Path.of("../config/headgate.yaml"))
                        + "\nforwarded:\n  trust: [10.0.0.0/8]\n  write: forwarded\n");
        assertThat(check(file.toString())).isZero();
        assertThat(out.toString().lines())
                .contains(
                        "  X-Forwarded-For      removed; of a peer in forwarded.trust kept",
                        "  X-Forwarded-Port     removed; of a peer in forwarded.trust kept",
                        "  Forwarded            set; of a peer in forwarded.trust kept, and this hop added");
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
    void tellsTheModeOfEachRouteAndTheReasonsThatDiffer() throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                listeners: [{address: "127.0.0.1:0"}]
                upstreams: {local: {url: "http://localhost:8081"}}
                guard: {mode: observe, reasons: {session.guest: enforce, identity.incomplete: enforce}}
                routes:
                  - {path: /a, upstream: local, profile: knowledge-guest, guard: {unknownToken: allow}}
                  - {path: /b, upstream: local, guard: {mode: enforce, reasons: {session.guest: observe}}}
                """);
        assertThat(check(file.toString())).isZero();
        assertThat(out.toString())
                .contains("""
                          profile              knowledge-guest
                            POST   /api/v2/knowledge/guest/sessions                learns token
                            any    /api/v2/knowledge/guest/sessions/{sessionId}/** guards the token in {sessionId}, issued here
                          mode                 observe
                        """)
                .containsPattern(
                        "  enforced             head\\.malformed, .*session\\.guest, .*identity\\.incomplete, ")
                .contains("  unknown tokens       allowed\n")
                .contains("""
                          profile              none
                          mode                 enforce
                          observed             session.guest
                        """);
    }

    @Test
    void printsAProfileInTheFormOfTheConfiguration() {
        assertThat(check("--profile", "webchat-v2")).isZero();
        assertThat(out).hasToString("""
                profiles:
                  webchat-v2:
                    claims:
                      expires: /exp
                      organization: /org
                      conversation: /data/conv
                      member: /data/sub
                    endpoints:
                      - method: POST
                        path: /api/v2/webchat/guest/conversations
                        learns:
                          token: [/jwt]
                          ids:
                            conversation: [/id]
                            member: [/member/id]
                          lifetime: 1d
                          needs:
                            body: [/organizationId, /deploymentId]
                      - method: DELETE
                        path: /api/v2/webchat/guest/conversations/{conversationId}/members/{memberId}
                        ends: member
                        guards:
                          schemes: [bearer]
                          bareToken: true
                          issued: true
                          ids:
                            path: {conversationId: conversation, memberId: member}
                      - method: GET
                        path: /api/v2/webchat/guest/conversations/{conversationId}/members/{memberId}/**
                        guards:
                          schemes: [bearer]
                          bareToken: true
                          issued: true
                          ids:
                            path: {conversationId: conversation}
                      - method: HEAD
                        path: /api/v2/webchat/guest/conversations/{conversationId}/members/{memberId}/**
                        guards:
                          schemes: [bearer]
                          bareToken: true
                          issued: true
                          ids:
                            path: {conversationId: conversation}
                      - path: /api/v2/webchat/guest/conversations/{conversationId}/members/{memberId}/**
                        guards:
                          schemes: [bearer]
                          bareToken: true
                          issued: true
                          ids:
                            path: {conversationId: conversation, memberId: member}
                      - path: /api/v2/webchat/guest/conversations/{conversationId}/**
                        guards:
                          schemes: [bearer]
                          bareToken: true
                          issued: true
                          ids:
                            path: {conversationId: conversation}
                      - method: GET
                        path: /platform/jwt/{jwt}
                        guards:
                          schemes: []
                          tokenInPath: jwt
                          issued: true
                """);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void printsAProfileOfTheConfigurationOrOneThatIsBuiltIn() throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                listeners: [{address: "127.0.0.1:0"}]
                upstreams: {local: {url: "http://localhost:8081"}}
                routes: [{path: /, upstream: local}]
                profiles: {mine: {endpoints: [{path: "/mine/**", guards: {issued: false}}]}}
                """);
        assertThat(check("--profile", "mine", file.toString())).isZero();
        assertThat(out).hasToString("""
                profiles:
                  mine:
                    endpoints:
                      - path: /mine/**
                        guards:
                          schemes: [bearer]
                          issued: false
                """);
        assertThat(err).hasToString("warning: " + file + ":4:12: profiles.mine: named by no route\n");
        out.getBuffer().setLength(0);
        assertThat(check("--profile", "webmessaging", file.toString())).isZero();
        assertThat(out.toString()).startsWith("profiles:\n  webmessaging:\n");
    }

    @Test
    void tellsThatThereIsNoSuchProfile() throws Exception {
        assertThat(check("--profile", "forum-gest")).isEqualTo(2);
        assertThat(err)
                .hasToString(
                        "headgate: --profile: forum-gest (expected: one of forum-guest, knowledge-guest, webchat-v2,"
                                + " webmessaging)\n");
        Path file = Files.writeString(directory.resolve("c.yaml"), "{}");
        assertThat(check("--profile", "forum-guest", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(file + ":1:1: listeners: missing");
        assertThat(out.toString()).isEmpty();
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
        assertThat(out.toString()).contains("Usage: check", "CONFIG", "--profile", "Exit codes:");
        assertThat(check("--version")).isZero();
        assertThat(out.toString()).contains("headgate ");
        assertThat(err.toString()).isEmpty();
        assertThat(check()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required parameter: 'CONFIG'");
    }
}
