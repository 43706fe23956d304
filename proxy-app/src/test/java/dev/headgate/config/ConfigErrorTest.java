package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One test for each kind of error, with its exact place and words. */
class ConfigErrorTest {
    @TempDir
    Path directory;

    /** What is wrong with {@link #ConfigErrors.REQUIRED} (lines 1 to 8) and the given text behind it (from line 9). */
    private List<String> errorsBehind(String yaml) throws Exception {
        return errors(ConfigErrors.REQUIRED + yaml);
    }

    private List<String> errors(String yaml) throws Exception {
        Files.writeString(directory.resolve("id.txt"), "s3cr3t\n");
        Path file = Files.writeString(directory.resolve("c.yaml"), yaml);
        return ConfigErrors.of(file);
    }

    @Test
    void noneInTheRequiredKeysAlone() throws Exception {
        assertThat(errorsBehind("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limits: {head: 0B}                      | 9:16: limits.head: 0B (expected: 1KiB to 1MiB)
            limits: {head: 2MiB}                    | 9:16: limits.head: 2MiB (expected: 1KiB to 1MiB)
            limits: {head: 32KB}                    | 9:16: limits.head: 32KB (expected: a whole number with B, KiB, MiB or GiB, 1KiB to 1MiB)
            limits: {body: -1B}                     | 9:16: limits.body: -1B (expected: a whole number with B, KiB, MiB or GiB, 0B to 1024GiB)
            limits: {body: 99999999999999999GiB}    | 9:16: limits.body: 99999999999999999GiB (expected: a whole number with B, KiB, MiB or GiB, 0B to 1024GiB)
            limits: {fields: many}                  | 9:18: limits.fields: "many" (expected: a whole number, 10 to 10000)
            limits: {fields: 1.5}                   | 9:18: limits.fields: "1.5" (expected: a whole number, 10 to 10000)
            limits: {fields: 9}                     | 9:18: limits.fields: 9 (expected: 10 to 10000)
            limits: {fields: 99999999999999999999}  | 9:18: limits.fields: 99999999999999999999 (expected: a whole number, 10 to 10000)
            limits: {fields: [1]}                   | 9:18: limits.fields: a list (expected: a whole number, 10 to 10000)
            limits: {haed: 1KiB}                    | 9:10: limits.haed: unknown key (expected: one of head, fields, checkedBody, body, connections, connectionsPerClient, minimumBodyRate, rate; did you mean "head"?)
            limits: {checked_body: 1KiB}            | 9:10: limits.checked_body: unknown key (expected: one of head, fields, checkedBody, body, connections, connectionsPerClient, minimumBodyRate, rate; did you mean "checkedBody"?)
            timeouts: {idle: 75}                    | 9:18: timeouts.idle: 75 (expected: a whole number with ms, s, m, h or d, 10ms to 1d)
            timeouts: {idle: 2d}                    | 9:18: timeouts.idle: 2d (expected: 10ms to 1d)
            timeouts: {idle: 1m 5s}                 | 9:18: timeouts.idle: "1m 5s" (expected: a whole number with ms, s, m, h or d, 10ms to 1d)
            timeouts: {idle: '${WORD}'}             | 9:18: timeouts.idle: "${WORD}" (expected: a whole number with ms, s, m, h or d, 10ms to 1d)
            timeouts: {idle: '${UNSET}'}            | 9:18: timeouts.idle: the environment variable UNSET is not set (expected: a value, or ${UNSET:-default})
            timeouts: {idle: '${UNSET:-1y}'}        | 9:18: timeouts.idle: "${UNSET:-1y}" (expected: a whole number with ms, s, m, h or d, 10ms to 1d)
            timeouts: {idle: '${WORD'}              | 9:18: timeouts.idle: "${WORD" (expected: ${NAME} or ${NAME:-default})
            timeouts: {idle: '${}'}                 | 9:18: timeouts.idle: "${}" (expected: ${NAME} or ${NAME:-default})
            guard: {mode: '${BRACES}'}              | 9:15: guard.mode: "${BRACES}" (expected: one of enforce, observe)
            guard: {mode: observ}                   | 9:15: guard.mode: "observ" (expected: one of enforce, observe; did you mean "observe"?)
            guard: {mode: Enforce}                  | 9:15: guard.mode: "Enforce" (expected: one of enforce, observe; did you mean "enforce"?)
            guard: {mode: true}                     | 9:15: guard.mode: "true" (expected: one of enforce, observe)
            guard: {mode: {}}                       | 9:15: guard.mode: an empty mapping (expected: one of enforce, observe)
            guard: {mode: }                         | 9:14: guard.mode: nothing (expected: one of enforce, observe)
            guard:                                  | 9:7: guard: nothing (expected: a mapping with the keys mode, unknownToken, reasons)
            guard: []                               | 9:8: guard: an empty list (expected: a mapping with the keys mode, unknownToken, reasons)
            gaurd: {}                               | 9:1: gaurd: unknown key (expected: one of listeners, admin, upstreams, organization, requestId, routes, guard, profiles, cors, forwarded, sessions, explain, reload, accessLog, capture, limits, timeouts, server; did you mean "guard"?)
            routes: []                              | 9:1: routes: here again (expected: once; line 6 has it already)
            admin: {}                               | 9:8: admin.address: missing (expected: HOST:PORT, such as 0.0.0.0:8080 or [::1]:8080)
            admin: {address: 9090}                  | 9:18: admin.address: "9090" (expected: HOST:PORT, such as 0.0.0.0:8080 or [::1]:8080)
            organization: {}                        | 9:15: organization.id: missing (expected: 1 to 256 visible ASCII characters)
            organization: {id: "a b"}               | 9:20: organization.id: "a b" (expected: 1 to 256 visible ASCII characters)
            organization: {id: "a\\r\\nb: c"}       | 9:20: organization.id: "a\\u{d}\\nb: c" (expected: 1 to 256 visible ASCII characters)
            organization: {id: "${EMPTY}"}          | 9:20: organization.id: "${EMPTY}" (expected: 1 to 256 visible ASCII characters)
            organization: {id: a, idFile: c.yaml}   | 9:23: organization.idFile: beside the same key without File (expected: one of id, idFile)
            organization: {idFile: id.txt, id: a}   | 9:32: organization.id: beside the same key with File (expected: one of id, idFile)
            organization: {idFile: c.yaml}          | 9:24: organization.id: the content of "c.yaml" (expected: 1 to 256 visible ASCII characters)
            organization: {idFile: nope}            | 9:24: organization.idFile: "nope", which cannot be read (expected: a readable file of at most 64KiB; its text is the value)
            organization: {idFile: .}               | 9:24: organization.idFile: ".", which cannot be read (expected: a readable file of at most 64KiB; its text is the value)
            organization: {idFile: "\\0"}           | 9:24: organization.idFile: "\\u{0}", which cannot be read (expected: a readable file of at most 64KiB; its text is the value)
            organization: {idFile: [a]}             | 9:24: organization.idFile: a list (expected: a readable file of at most 64KiB; its text is the value)
            organization: {id: a, header: Host}     | 9:31: organization.header: "Host" (expected: a field name of at most 64 characters that the proxy does not manage itself, such as X-Genesys-Cloud-Id)
            organization: {id: a, header: x-request-id} | 9:31: organization.header: "x-request-id" (expected: another header than that of requestId)
            accessLog: {path: nope/access.log}      | 9:19: accessLog.path: "nope/access.log" (expected: - for standard output, nothing between quotes for no log, or a writable file in a directory that exists)
            accessLog: {path: .}                    | 9:19: accessLog.path: "." (expected: - for standard output, nothing between quotes for no log, or a writable file in a directory that exists)
            capture: {path: c.yaml}                 | 9:17: capture.path: "c.yaml" (expected: a directory that can be written to, or made; or nothing between quotes)
            guard: {reasons: []}                    | 9:18: guard.reasons: an empty list (expected: a mapping)
            guard: {reasons: {session.guest: on}}   | 9:34: guard.reasons["session.guest"]: "on" (expected: one of enforce, observe)
            guard: {reasons: {session.guset: observe}}   | 9:19: guard.reasons["session.guset"]: the name "session.guset" (expected: a reason code, such as session.guest; did you mean "session.guest"?)
            guard: {reasons: {what.ever.this.is: enforce}} | 9:19: guard.reasons["what.ever.this.is"]: the name "what.ever.this.is" (expected: a reason code, such as session.guest)
            guard: {reasons: {head.malformed: observe}}  | 9:35: guard.reasons["head.malformed"]: "observe" (expected: enforce; head.malformed is never observed)
            guard: {reasons: {upstream.timeout: "${UNSET:-observe}"}} | 9:37: guard.reasons["upstream.timeout"]: "${UNSET:-observe}" (expected: enforce; upstream.timeout is never observed)
            '    guard: {mode: of}'                 | 9:19: routes[0].guard.mode: "of" (expected: one of enforce, observe)
            '    guard: {unknownToken: allowed}'    | 9:27: routes[0].guard.unknownToken: "allowed" (expected: one of refuse, allow; did you mean "allow"?)
            '    guard: {reason: {}}'               | 9:13: routes[0].guard.reason: unknown key (expected: one of mode, unknownToken, reasons; did you mean "reasons"?)
            '    guard: {reasons: {token.unknwon: enforce}}' | 9:23: routes[0].guard.reasons["token.unknwon"]: the name "token.unknwon" (expected: a reason code, such as session.guest; did you mean "token.unknown"?)
            '    guard: {reasons: {host.invalid: observe}}' | 9:37: routes[0].guard.reasons["host.invalid"]: "observe" (expected: enforce; host.invalid is never observed)
            cors: {}                                | 9:7: cors.origins: missing (expected: a list with at least one entry)
            cors: {origins: []}                     | 9:17: cors.origins: an empty list (expected: a list with at least one entry)
            cors: {origins: "*"}                    | 9:17: cors.origins: "*" (expected: a list with at least one entry)
            cors: {origins: [chat.example]}         | 9:18: cors.origins[0]: "chat.example" (expected: scheme://host and perhaps :port, nothing else, such as https://chat.example.com; or * for any)
            cors: {origins: [//chat.example]}       | 9:18: cors.origins[0]: "//chat.example" (expected: scheme://host and perhaps :port, nothing else, such as https://chat.example.com; or * for any)
            cors: {origins: [https://chat.example/]} | 9:18: cors.origins[0]: "https://chat.example/" (expected: scheme://host and perhaps :port, nothing else, such as https://chat.example.com; or * for any)
            cors: {origins: [https://chat.example?]} | 9:18: cors.origins[0]: "https://chat.example?" (expected: scheme://host and perhaps :port, nothing else, such as https://chat.example.com; or * for any)
            cors: {origins: [https://me@chat.example]} | 9:18: cors.origins[0]: "https://me@chat.example" (expected: scheme://host and perhaps :port, nothing else, such as https://chat.example.com; or * for any)
            cors: {origins: [https://chat.example:99999]} | 9:18: cors.origins[0]: "https://chat.example:99999" (expected: scheme://host and perhaps :port, nothing else, such as https://chat.example.com; or * for any)
            cors: {origins: [https://a.example, HTTPS://A.example:443]} | 9:37: cors.origins[1]: "HTTPS://A.example:443" (expected: each once; cors.origins[0] has it already)
            cors: {origins: [https://a.example, "*"], credentials: true} | 9:37: cors.origins[1]: "*" (expected: each origin by its name, because credentials is true (Fetch standard))
            cors: {origins: ["*"], credentials: yes} | 9:37: cors.credentials: "yes" (expected: true or false)
            cors: {origins: ["*"], credentials: "${WORD}"} | 9:37: cors.credentials: "${WORD}" (expected: true or false)
            cors: {origins: ["*"], maxAge: 2d}      | 9:32: cors.maxAge: 2d (expected: 0s to 1d)
            sessions: {clockSkew: 6m}               | 9:23: sessions.clockSkew: 6m (expected: 0s to 5m)
            sessions: {clockSkew: 5}                | 9:23: sessions.clockSkew: 5 (expected: a whole number with ms, s, m, h or d, 0s to 5m)
            explain: {exchanges: 1000001}           | 9:22: explain.exchanges: 1000001 (expected: 0 to 1000000)
            explain: {exchanges: -1}                | 9:22: explain.exchanges: -1 (expected: 0 to 1000000)
            explain: {exchange: 1}                  | 9:11: explain.exchange: unknown key (expected: one of exchanges; did you mean "exchanges"?)
            ? [a]                                   | 9:3: a key of several parts (expected: a name)
            """)
    void behindTheRequiredKeys(String yaml, String expected) throws Exception {
        assertThat(errorsBehind(yaml + "\n")).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            genesys:          | genesis:                | 8:15: routes[0].upstream: "genesys" (expected: one of genesis; did you mean "genesis"?)
            genesys           | gen.sys                 | 4:3: upstreams["gen.sys"]: the name "gen.sys" (expected: 1 to 64 of A-Z a-z 0-9 _ -, a letter or digit first)
            http://localhost  | ftp://localhost         | 5:10: upstreams.genesys.url: "ftp://localhost" (expected: http:// or https://, a host and perhaps a port, nothing else, such as https://api.mypurecloud.com)
            http://localhost  | http://localhost/api    | 5:10: upstreams.genesys.url: "http://localhost/api" (expected: http:// or https://, a host and perhaps a port, nothing else, such as https://api.mypurecloud.com)
            http://localhost  | http://localhost?a      | 5:10: upstreams.genesys.url: "http://localhost?a" (expected: http:// or https://, a host and perhaps a port, nothing else, such as https://api.mypurecloud.com)
            http://localhost  | http://localhost:70000  | 5:10: upstreams.genesys.url: "http://localhost:70000" (expected: http:// or https://, a host and perhaps a port, nothing else, such as https://api.mypurecloud.com)
            http://localhost  | http://me:s3cr3t@local  | 5:10: upstreams.genesys.url: a URL with a user (expected: http:// or https://, a host and perhaps a port, nothing else, such as https://api.mypurecloud.com)
            http://localhost  | "http://local host"     | 5:10: upstreams.genesys.url: "http://local host" (expected: http:// or https://, a host and perhaps a port, nothing else, such as https://api.mypurecloud.com)
            127.0.0.1:0       | 127.0.0.1:65536         | 2:14: listeners[0].address: "127.0.0.1:65536" (expected: HOST:PORT, such as 0.0.0.0:8080 or [::1]:8080, or systemd:NAME for a socket of systemd's)
            127.0.0.1:0       | '::1:80'                | 2:14: listeners[0].address: "::1:80" (expected: HOST:PORT, such as 0.0.0.0:8080 or [::1]:8080, or systemd:NAME for a socket of systemd's)
            path: /           | path: guests            | 7:11: routes[0].path: "guests" (expected: a path that starts with /, of at most 1024 visible ASCII characters, without ? and #)
            path: /           | path: /?a               | 7:11: routes[0].path: "/?a" (expected: a path that starts with /, of at most 1024 visible ASCII characters, without ? and #)
            path: /           | pathFile: gone          | 7:15: routes[0].pathFile: "gone", which cannot be read (expected: a readable file of at most 64KiB; its text is the value)
            upstream: genesys | upstream: [genesys]     | 8:15: routes[0].upstream: a list (expected: one of genesys)
            upstream: genesys | upstream: ${WORD}       | 8:15: routes[0].upstream: "${WORD}" (expected: one of genesys)
            - address:        | address:                | 2:3: listeners: a mapping (expected: a list with at least one entry)
            """)
    void inTheRequiredKeys(String before, String after, String expected) throws Exception {
        assertThat(errors(ConfigErrors.REQUIRED.replace(before, after)).get(0)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'a: \t1\n\tb: 2'               | 2:1: a tab (expected: spaces; YAML allows no tabs for indentation)
            'a: {b'                        | 1:6: not valid YAML: while parsing a flow mapping, expected ',' or '}', but got <stream end>
            'a: &x 1\nb: *x'               | 2:4: the alias "*x" (expected: the value itself; aliases are not supported)
            'a: !!binary 1'                | 1:4: the tag "tag:yaml.org,2002:binary" (expected: no tag)
            'a: !own {}'                   | 1:4: the tag "!own" (expected: no tag)
            'a: 1\n---\na: 2'              | 2:1: a second document (expected: one)
            'a: [${WORD}]'                 | 1:6: ${ in braces or brackets (expected: quotes around it, such as "${NAME}")
            'a: \u0007'                    | 1:4: the character U+0007 (expected: printable text)
            """)
    void inTheYaml(String yaml, String expected) throws Exception {
        assertThat(errors(yaml.translateEscapes())).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"''", "'# nothing'", "'---'", "'\n\n'"})
    void emptyFile(String yaml) throws Exception {
        assertThat(errors(yaml))
                .containsExactly(
                        yaml.startsWith("---")
                                ? "1:4: nothing (expected: a mapping with the keys "
                                        + String.join(", ", ConfigSchema.keys(ConfigSchema.ROOT)) + ")"
                                : "1:1: empty (expected: the keys listeners, upstreams, routes)");
    }

    @Test
    void escapeThatTheScannerChokesOn() throws Exception {
        assertThat(errors("a: 1\nb: \"\\UFFFFFFFF\"")).containsExactly("2:1: not valid YAML, here or in what follows");
    }

    @Test
    void emptyMapping() throws Exception {
        assertThat(errors("{}"))
                .containsExactly(
                        "1:1: listeners: missing (expected: a list with at least one entry)",
                        "1:1: routes: missing (expected: a list with at least one entry)",
                        "1:1: upstreams: missing (expected: a mapping with at least one key)");
    }

    @Test
    void emptyCollections() throws Exception {
        assertThat(errors("listeners: []\nupstreams: {}\nroutes: []\n"))
                .containsExactly(
                        "1:12: listeners: an empty list (expected: a list with at least one entry)",
                        "2:12: upstreams: an empty mapping (expected: a mapping with at least one key)",
                        "3:9: routes: an empty list (expected: a list with at least one entry)");
    }

    @Test
    void unknownProfile() throws Exception {
        assertThat(errorsBehind("    profile: forum-gest\n"))
                .containsExactly(
                        "9:14: routes[0].profile: \"forum-gest\" (expected: one of forum-guest; did you mean \"forum-guest\"?)");
    }

    @Test
    void samePathTwice() throws Exception {
        assertThat(errorsBehind("  - {path: /, upstream: genesys}\n"))
                .containsExactly("9:12: routes[1].path: \"/\" (expected: another path; routes[0] has this one)");
    }

    @Test
    void sameAddressTwice() throws Exception {
        String yaml = ConfigErrors.REQUIRED.replace("127.0.0.1:0", "LOCALHOST:8080\n  - address: localhost:8080");
        assertThat(errors(yaml + "admin: {address: localhost:8080}\n"))
                .containsExactly(
                        "3:14: listeners[1].address: \"localhost:8080\" (expected: another address; listeners[0] has this one)",
                        "10:18: admin.address: \"localhost:8080\" (expected: another address; listeners[0] has this one)");
    }

    @Test
    void certificateThatIsNotThere() throws Exception {
        Files.createFile(directory.resolve("edge.key"));
        assertThat(errors(ConfigErrors.REQUIRED.replace(
                        "127.0.0.1:0", "127.0.0.1:0\n    tls: {certificate: edge.crt, key: edge.key}")))
                .containsExactly(
                        "3:24: listeners[0].tls.certificate: \"edge.crt\" (expected: a readable file; relative to \""
                                + directory + "\")");
    }

    @Test
    void nestedTooDeep() throws Exception {
        assertThat(errors("[".repeat(100_000))).containsExactly("1:33: nested too deep (expected: at most 32 levels)");
    }

    @Test
    void aliasBombIsNeverBuilt() throws Exception {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i <= 40; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(errors(bomb.toString()))
                .hasSize(80)
                .first()
                .isEqualTo("2:10: the alias \"*a0\" (expected: the value itself; aliases are not supported)");
    }

    @Test
    void notUtf8() throws Exception {
        Path file = Files.write(
                directory.resolve("c.yaml"), new byte[] {'a', ':', '\n', (byte) 0xC3, (byte) 0xA4, (byte) 0xFF});
        assertThat(ConfigErrors.of(file)).containsExactly("2:2: the byte 0xFF (expected: UTF-8)");
        Files.write(file, new byte[] {'a', (byte) 0xC3});
        assertThat(ConfigErrors.of(file)).containsExactly("1:2: the byte 0xC3 (expected: UTF-8)");
    }

    @Test
    void tooLarge() throws Exception {
        assertThat(errors("#".repeat(1024 * 1024 + 1))).containsExactly(" larger than 1MiB (expected: at most 1MiB)");
    }

    @Test
    void noSuchFile() {
        assertThat(ConfigErrors.of(directory.resolve("none.yaml"))).containsExactly(" no such file");
    }

    @Test
    void directoryForAFile() {
        assertThat(ConfigErrors.of(directory)).containsExactly(" a directory (expected: a file)");
    }

    @Test
    void fileThatCannotBeRead() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(ConfigErrors.of(file.resolve("c.yaml"))).containsExactly(" cannot be read: Not a directory");
    }

    @Test
    void allAtOnceByPlace() throws Exception {
        String yaml = ConfigErrors.REQUIRED.replace("/\n", "guests\n").replace("127.0.0.1:0", "127.0.0.1") + """
                guard: {mode: '${UNSET}', unknownToken: '${ALSO_UNSET}'}
                limits: {head: 1B, haed: 2KiB, fields: x}
                limits: {}
                """;
        assertThat(errors(yaml))
                .extracting(error -> error.replaceFirst("([^ ]*: [^ ]*): .*", "$1"))
                .containsExactly(
                        "2:14: listeners[0].address",
                        "7:11: routes[0].path",
                        "9:15: guard.mode",
                        "9:41: guard.unknownToken",
                        "10:16: limits.head",
                        "10:20: limits.haed",
                        "10:40: limits.fields",
                        "11:1: limits");
    }
}
