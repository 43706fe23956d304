package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One test for each kind of error, and warning, in a profile of the user's own, with its exact place and words. */
class ConfigProfileErrorTest {
    /** Behind the eight required lines. */
    private static final String PROFILE = """
            profiles:
              my-chat:
                endpoints:
                  - method: POST
                    path: /chat/start
                    learns: {token: [/token]}
                  - path: /chat/{conversationId}
                    guards: {ids: {path: {conversationId: conversation}}}
            """;

    private static final String POINTER = "(expected: a JSON Pointer, such as /member or /member/member, with ~0 for a"
            + " tilde and ~1 for a slash in a name)";
    private static final String PATTERN = "(expected: a path as the edge reads it, such as /chat/{conversationId}/**:"
            + " {variable} as a whole segment, each name once; /** at the end only; no escapes, parameters, empty and"
            + " dot segments)";

    @TempDir
    Path directory;

    private List<String> errors(String profiles) throws Exception {
        return ConfigErrors.of(write(ConfigErrors.REQUIRED + profiles));
    }

    private Path write(String yaml) throws Exception {
        return Files.writeString(directory.resolve("c.yaml"), yaml);
    }

    @Test
    void noneInThisOne() throws Exception {
        assertThat(errors(PROFILE)).isEmpty();
    }

    /** A semicolon in what is put in stands for a new line of the same section. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            my-chat:                    | forum-guest:                  | 10:3: profiles.forum-guest: the name "forum-guest" (expected: another name; a profile of this name is built in)
            my-chat:                    | my.chat:                      | 10:3: profiles["my.chat"]: the name "my.chat" (expected: 1 to 64 of A-Z a-z 0-9 _ -, a letter or digit first)
            endpoints:                  | claims: {expire: /exp} ; endpoints: | 11:14: profiles.my-chat.claims.expire: unknown key (expected: one of expires, organization, guest, conversation, chat, division, member; did you mean "expires"?)
            endpoints:                  | claims: {expires: exp} ; endpoints: | 11:23: profiles.my-chat.claims.expires: "exp" POINTER
            endpoints:                  | claims: ; endpoints:          | 11:12: profiles.my-chat.claims: nothing (expected: a mapping with the keys expires, organization, guest, conversation, chat, division, member)
            method: POST                | method: post                  | 12:17: profiles.my-chat.endpoints[0].method: "post" (expected: a method in upper case, such as POST)
            method: POST                | method: "PO ST"               | 12:17: profiles.my-chat.endpoints[0].method: "PO ST" (expected: a method in upper case, such as POST)
            path: /chat/start           | path: chat                    | 13:15: profiles.my-chat.endpoints[0].path: "chat" PATTERN
            path: /chat/start           | path: /chat/*/a               | 13:15: profiles.my-chat.endpoints[0].path: "/chat/*/a" PATTERN
            path: /chat/start           | path: /**/a                   | 13:15: profiles.my-chat.endpoints[0].path: "/**/a" PATTERN
            path: /chat/start           | path: /chat/a{b}              | 13:15: profiles.my-chat.endpoints[0].path: "/chat/a{b}" PATTERN
            path: /chat/start           | path: /{a}/{a}                | 13:15: profiles.my-chat.endpoints[0].path: "/{a}/{a}" PATTERN
            path: /chat/start           | path: /{}                     | 13:15: profiles.my-chat.endpoints[0].path: "/{}" PATTERN
            path: /chat/start           | path: /chat//a                | 13:15: profiles.my-chat.endpoints[0].path: "/chat//a" PATTERN
            path: /chat/start           | path: /chat/                  | 13:15: profiles.my-chat.endpoints[0].path: "/chat/" PATTERN
            path: /chat/start           | path: /a/../b                 | 13:15: profiles.my-chat.endpoints[0].path: "/a/../b" PATTERN
            path: /chat/start           | path: /a%20b                  | 13:15: profiles.my-chat.endpoints[0].path: "/a%20b" PATTERN
            path: /chat/start           | path: /a?b                    | 13:15: profiles.my-chat.endpoints[0].path: "/a?b" PATTERN
            learns: {token: [/token]}   | learns: {token: []}           | 14:25: profiles.my-chat.endpoints[0].learns.token: an empty list (expected: a list with at least one entry)
            learns: {token: [/token]}   | learns: {token: /token}       | 14:25: profiles.my-chat.endpoints[0].learns.token: "/token" (expected: a list with at least one entry)
            learns: {token: [/token]}   | learns: {}                    | 14:17: profiles.my-chat.endpoints[0].learns.token: missing (expected: a list with at least one entry)
            learns: {token: [/token]}   | learns:                       | 14:16: profiles.my-chat.endpoints[0].learns: nothing (expected: a mapping with the keys token, ids, expiresIn, expiresAt, lifetime, scopes, purpose, renews, needs)
            learns: {token: [/token]}   | learns: {token: [token]}      | 14:26: profiles.my-chat.endpoints[0].learns.token[0]: "token" POINTER
            learns: {token: [/token]}   | learns: {token: [/a~2]}       | 14:26: profiles.my-chat.endpoints[0].learns.token[0]: "/a~2" POINTER
            learns: {token: [/token]}   | learns: {token: [/a, /b, /a]} | 14:34: profiles.my-chat.endpoints[0].learns.token[2]: "/a" (expected: each once; profiles.my-chat.endpoints[0].learns.token[0] has it already)
            learns: {token: [/token]}   | learns: {token: [/a], ids: {gest: [/g]}} | 14:37: profiles.my-chat.endpoints[0].learns.ids.gest: the name "gest" (expected: one of guest, conversation, chat, division, member; did you mean "guest"?)
            learns: {token: [/token]}   | learns: {token: [/a], ids: {guest: []}} | 14:44: profiles.my-chat.endpoints[0].learns.ids.guest: an empty list (expected: a list with at least one entry)
            learns: {token: [/token]}   | learns: {token: [/a], ids: {guest: [g]}} | 14:45: profiles.my-chat.endpoints[0].learns.ids.guest[0]: "g" POINTER
            learns: {token: [/token]}   | learns: {token: [/a], scopes: a} | 14:39: profiles.my-chat.endpoints[0].learns.scopes: "a" (expected: a list)
            learns: {token: [/token]}   | learns: {token: [/a], needs: {headers: [a b]}} | 14:49: profiles.my-chat.endpoints[0].learns.needs.headers[0]: "a b" (expected: a field name of at most 64 characters)
            learns: {token: [/token]}   | learns: {token: [/a], needs: {body: [a]}} | 14:46: profiles.my-chat.endpoints[0].learns.needs.body[0]: "a" POINTER
            path: /chat/{conversationId} | path: /chat/start             | 16:31: profiles.my-chat.endpoints[1].guards.ids.path.conversationId: the name "conversationId" (expected: a variable of the path, which has none)
            path: /chat/{conversationId} | path: /chat/{conversationID}  | 16:31: profiles.my-chat.endpoints[1].guards.ids.path.conversationId: the name "conversationId" (expected: a variable of the path, one of conversationID; did you mean "conversationID"?)
            {ids: {path: {conversationId: conversation}}} | {tokenInPath: conversation} | 16:31: profiles.my-chat.endpoints[1].guards.tokenInPath: "conversation" (expected: a variable of the path, one of conversationId; did you mean "conversationId"?)
            {ids: {path: {conversationId: conversation}}} | {tokenInPath: ""}        | 16:31: profiles.my-chat.endpoints[1].guards.tokenInPath: "" (expected: a name of 1 to 256 printable characters)
            conversationId: conversation | conversationId: conversaton  | 16:47: profiles.my-chat.endpoints[1].guards.ids.path.conversationId: "conversaton" (expected: one of guest, conversation, chat, division, member; did you mean "conversation"?)
            {path: {conversationId: conversation}} | {query: {"": guest}}   | 16:32: profiles.my-chat.endpoints[1].guards.ids.query[""]: the name "" (expected: a name of 1 to 256 printable characters)
            {path: {conversationId: conversation}} | {body: {id: guest}}    | 16:31: profiles.my-chat.endpoints[1].guards.ids.body.id: the name "id" POINTER
            {path: {conversationId: conversation}} | {body: {/id: gest}}    | 16:36: profiles.my-chat.endpoints[1].guards.ids.body["/id"]: "gest" (expected: one of guest, conversation, chat, division, member; did you mean "guest"?)
            {ids: {path: {conversationId: conversation}}} | {schemes: [bearer, Bearer]} | 16:36: profiles.my-chat.endpoints[1].guards.schemes[1]: "Bearer" (expected: each once; profiles.my-chat.endpoints[1].guards.schemes[0] has it already)
            {ids: {path: {conversationId: conversation}}} | {schemes: [a b]} | 16:28: profiles.my-chat.endpoints[1].guards.schemes[0]: "a b" (expected: an authentication scheme, such as bearer)
            {ids: {path: {conversationId: conversation}}} | {bareToken: maybe} | 16:29: profiles.my-chat.endpoints[1].guards.bareToken: "maybe" (expected: true or false)
            {ids: {path: {conversationId: conversation}}} | {scopes: [a  b]} | 16:27: profiles.my-chat.endpoints[1].guards.scopes[0]: "a  b" (expected: a scope, or several separated by one blank each (RFC 6749 section 3.3))
            {ids: {path: {conversationId: conversation}}} | {purpose: a b} | 16:27: profiles.my-chat.endpoints[1].guards.purpose: "a b" (expected: 1 to 256 visible ASCII characters)
            guards: {ids: {path: {conversationId: conversation}}} | method: GET | 15:9: profiles.my-chat.endpoints[1]: a mapping (expected: one of learns, guards, ends in it)
            guards: {ids: {path: {conversationId: conversation}}} | ends: conversation | 16:15: profiles.my-chat.endpoints[1].ends: "conversation" (expected: one that guards.ids.path names, such as {conversationId: conversation})
            guards: {ids: {path: {conversationId: conversation}}} | ends: conversion | 16:15: profiles.my-chat.endpoints[1].ends: "conversion" (expected: one of guest, conversation, chat, division, member; did you mean "conversation"?)
            guards: {ids:               | ends: member ; guards: {ids:  | 16:15: profiles.my-chat.endpoints[1].ends: "member" (expected: one that guards.ids.path names, such as {memberId: member})
            """)
    void inIt(String before, String after, String expected) throws Exception {
        assertThat(errorsWith(before, after)).containsExactly(expected(expected));
    }

    /** Each of these brings another error with it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            endpoints:                  | endpoint:                     | 11:5: profiles.my-chat.endpoint: unknown key (expected: one of claims, endpoints; did you mean "endpoints"?)
            path: /chat/start           | paths: /chat/start            | 13:9: profiles.my-chat.endpoints[0].paths: unknown key (expected: one of method, path, learns, guards, ends; did you mean "path"?)
            guards:                     | guard:                        | 16:9: profiles.my-chat.endpoints[1].guard: unknown key (expected: one of method, path, learns, guards, ends; did you mean "guards"?)
            learns: {token: [/token]}   | guards: {issued: true}        | 14:26: profiles.my-chat.endpoints[0].guards.issued: true (expected: false; no endpoint of the profile learns a token)
            learns: {token: [/token]}   | guards: {schemes: []}         | 14:17: profiles.my-chat.endpoints[0].guards.issued: true, the default (expected: false; no endpoint of the profile learns a token)
            method: POST                | path: /**                     | 13:9: profiles.my-chat.endpoints[0].path: here again (expected: once; line 12 has it already)
            """)
    void amongTwo(String before, String after, String expected) throws Exception {
        assertThat(errorsWith(before, after)).hasSize(2).contains(expected(expected));
    }

    private static String expected(String text) {
        return text.replace("POINTER", POINTER).replace("PATTERN", PATTERN);
    }

    private List<String> errorsWith(String before, String after) throws Exception {
        assertThat(PROFILE).contains(before);
        int indent = PROFILE.lines()
                .filter(line -> line.contains(before))
                .findFirst()
                .orElseThrow()
                .indexOf(before);
        String changed = PROFILE.replaceFirst(
                Pattern.quote(before), Matcher.quoteReplacement(after.replace(" ; ", "\n" + " ".repeat(indent))));
        return errors(changed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /chat/**                  |        | /chat/**          | POST
            /chat/**                  |        | /chat/{id}/**     |
            /chat/{id}                | POST   | /chat/start       | POST
            /{any}/{thing}            |        | /chat/{id}        | DELETE
            /**                       |        | /                 |
            """)
    void aPatternBehindOneThatCoversIt(String first, String firstMethod, String second, String secondMethod)
            throws Exception {
        String yaml = endpoint(first, firstMethod) + endpoint(second, secondMethod);
        int line = 12 + (firstMethod == null ? 2 : 3);
        assertThat(errors("profiles:\n  mine:\n    endpoints:\n" + yaml))
                .containsExactly(line + ":15: profiles.mine.endpoints[1].path: \"" + second
                        + "\" (expected: a pattern that a request can reach; profiles.mine.endpoints[0] takes all of this"
                        + " one's)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /chat/{id}     |        | /chat/**      |
            /chat/start    |        | /chat/{id}    |
            /chat/**       | POST   | /chat/**      |
            /chat/**       | POST   | /chat/{id}    | GET
            /chat/{id}     |        | /chat         |
            """)
    void aPatternBehindOneThatDoesNot(String first, String firstMethod, String second, String secondMethod)
            throws Exception {
        String yaml = endpoint(first, firstMethod) + endpoint(second, secondMethod);
        assertThat(errors("profiles:\n  mine:\n    endpoints:\n" + yaml)).isEmpty();
    }

    private static String endpoint(String path, String method) {
        return "      - path: " + path + "\n        guards: {issued: false}\n"
                + (method == null ? "" : "        method: " + method + "\n");
    }

    @Test
    void allOfThemAtOnce() throws Exception {
        String yaml = PROFILE.replace("POST", "post")
                .replace("[/token]", "[token, t]")
                .replace("conversationId: conversation", "id: talk");
        assertThat(errors(yaml))
                .extracting(error -> error.replaceFirst("([^ ]*: [^ ]*): .*", "$1"))
                .containsExactly(
                        "12:17: profiles.my-chat.endpoints[0].method",
                        "14:26: profiles.my-chat.endpoints[0].learns.token[0]",
                        "14:33: profiles.my-chat.endpoints[0].learns.token[1]",
                        "16:31: profiles.my-chat.endpoints[1].guards.ids.path.id",
                        "16:35: profiles.my-chat.endpoints[1].guards.ids.path.id");
    }

    @Test
    void aRouteMayNameOneAndATypoNamesTheNearest() throws Exception {
        assertThat(errors("    profile: my-chat\n" + PROFILE)).isEmpty();
        assertThat(errors("    profile: my-chatt\n" + PROFILE))
                .containsExactly("9:14: routes[0].profile: \"my-chatt\" (expected: one of forum-guest, my-chat;"
                        + " did you mean \"my-chat\"?)");
    }

    /** Each pattern beside the routes, and the warning's place where there is one. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /chat       | /chat/{id}    |
            /chat/      | /chat/{id}    |
            /           | /chat/{id}    |
            /chat       | /chat         |
            /chat/      | /chat         |
            /chat/a/b   | /chat/**      |
            /chat/a/b   | /**           |
            /chat/a/b   | /{x}/{y}/{z}  |
            /chat/a/b   | /chat/{id}    | outside
            /chat       | /             | outside
            /chat       | /chats/{id}   | outside
            /chat       | /other/chat   | outside
            /           | /plain/{id}   | outside
            /           | /plain        | outside
            /           | /plain/**     | outside
            /           | /plains       |
            /           | /{any}        |
            """)
    void warnsOfAPatternOutsideOfTheRoutes(String route, String pattern, String outside) throws Exception {
        Path file = write("""
                listeners: [{address: "127.0.0.1:0"}]
                upstreams: {genesys: {url: "http://localhost"}}
                routes:
                  - {path: /plain, upstream: genesys}
                  - {path: %s, upstream: genesys, profile: mine}
                profiles:
                  mine:
                    endpoints:
                      - guards: {issued: false}
                        path: "%s"
                """.formatted(route, pattern));
        assertThat(ConfigLoader.loadWithWarnings(file, Map.of(), Set.of()).warnings())
                .extracting(ConfigError::toString)
                .isEqualTo(
                        outside == null
                                ? List.of()
                                : List.of(file + ":10:15: profiles.mine.endpoints[0].path: \"" + pattern
                                        + "\" lies outside of every route with this profile"));
    }

    @Test
    void warnsOfAProfileThatNoRouteNames() throws Exception {
        Path file = write(ConfigErrors.REQUIRED + PROFILE);
        assertThat(ConfigLoader.loadWithWarnings(file, Map.of(), Set.of()).warnings())
                .extracting(ConfigError::toString)
                .containsExactly(file + ":10:3: profiles.my-chat: named by no route");
    }

    @Test
    void warnsOfWhatHardlyIsMeant() throws Exception {
        Path file = write("""
                listeners: [{address: "127.0.0.1:0"}]
                admin: {address: "0.0.0.0:9090"}
                upstreams:
                  genesys: {url: "http://localhost"}
                  other: {url: "http://localhost"}
                routes:
                  - {path: /api/v2/guests/, upstream: genesys, profile: forum-guest}
                  - {path: /elsewhere/, upstream: genesys, profile: forum-guest}
                """);
        assertThat(ConfigLoader.loadWithWarnings(file, Map.of(), Set.of("forum-guest"))
                        .warnings())
                .extracting(ConfigError::toString)
                .containsExactly(
                        file + ":2:18: admin.address: not of the loopback: whoever reaches it sees every exchange"
                                + " (expected: 127.0.0.1, [::1] or localhost)",
                        file + ":5:3: upstreams.other: named by no route",
                        file + ":8:53: routes[1].profile: \"forum-guest\" has no endpoint under /elsewhere/");
    }
}
