package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.headgate.NeedsTool;
import dev.headgate.config.Config.Accept;
import dev.headgate.config.Config.AccessLog;
import dev.headgate.config.Config.Admin;
import dev.headgate.config.Config.Capture;
import dev.headgate.config.Config.CertificateFiles;
import dev.headgate.config.Config.ClientCertificates;
import dev.headgate.config.Config.Compression;
import dev.headgate.config.Config.Connections;
import dev.headgate.config.Config.Cors;
import dev.headgate.config.Config.Ejection;
import dev.headgate.config.Config.Explain;
import dev.headgate.config.Config.Forwarded;
import dev.headgate.config.Config.Guard;
import dev.headgate.config.Config.Health;
import dev.headgate.config.Config.Limits;
import dev.headgate.config.Config.Listener;
import dev.headgate.config.Config.Mask;
import dev.headgate.config.Config.Mode;
import dev.headgate.config.Config.OnConflict;
import dev.headgate.config.Config.Organization;
import dev.headgate.config.Config.ProxyProtocol;
import dev.headgate.config.Config.Rate;
import dev.headgate.config.Config.Rates;
import dev.headgate.config.Config.Reload;
import dev.headgate.config.Config.RequestId;
import dev.headgate.config.Config.Rotation;
import dev.headgate.config.Config.Route;
import dev.headgate.config.Config.RouteGuard;
import dev.headgate.config.Config.Server;
import dev.headgate.config.Config.Sessions;
import dev.headgate.config.Config.Timeouts;
import dev.headgate.config.Config.Tls;
import dev.headgate.config.Config.TlsVersion;
import dev.headgate.config.Config.Transport;
import dev.headgate.config.Config.UnknownServerName;
import dev.headgate.config.Config.UnknownToken;
import dev.headgate.config.Config.Upstream;
import dev.headgate.config.Config.UpstreamTls;
import dev.headgate.config.Config.Write;
import dev.headgate.gate.Reason;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code config/headgate.yaml}, as it is, with what it has commented out, and broken in many ways. */
class SampleTest {
    private static final Path SAMPLE = Path.of("../config/headgate.yaml");
    private static final Set<String> PROFILES = Set.of("forum-guest");
    private static final Map<String, String> ENV = Map.of("GENESYS_ORG_ID", "org-1");

    @TempDir
    Path directory;

    private static Config expected() {
        return new Config(
                List.of(new Listener(new Address("0.0.0.0", 8080), null, null, false)),
                new Admin(new Address("127.0.0.1", 9090)),
                Map.of(
                        "genesys",
                        new Upstream(
                                URI.create("https://api.mypurecloud.com"),
                                List.of(),
                                false,
                                ProxyProtocol.NONE,
                                null,
                                new Connections(1024, 1024),
                                new Ejection(5, Duration.ofSeconds(30), 50),
                                null)),
                new Organization("X-Genesys-Cloud-Id", "org-1", OnConflict.REPLACE),
                new RequestId("x-request-id", Accept.VALID),
                List.of(
                        new Route("/api/v2/guests/", "genesys", "forum-guest", null, false),
                        new Route("/", "genesys", null, null, false)),
                new Guard(Mode.ENFORCE, UnknownToken.REFUSE, Map.of()),
                Map.of(),
                null,
                new Forwarded(List.of(), Write.X_FORWARDED),
                new Sessions(1_000_000, Duration.ofMinutes(15), Duration.ofSeconds(30), Duration.ofSeconds(5)),
                new Explain(10_000),
                new Reload(Duration.ZERO),
                new AccessLog("-"),
                new Capture(
                        null,
                        64 * 1024,
                        new Rotation(256L << 20, Duration.ofHours(1)),
                        20,
                        Compression.ZSTD,
                        Duration.ofSeconds(1),
                        new Mask(List.of("Cookie", "Set-Cookie", "Proxy-Authorization", "X-Api-Key"), List.of())),
                new Limits(32 * 1024, 100, 64 * 1024, 0, 0, 0, 240, new Rates(null, null)),
                new Timeouts(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(75),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(75),
                        Duration.ofSeconds(30),
                        Duration.ZERO),
                new Server(0, Transport.AUTO));
    }

    @Test
    void loadsWithoutAWarning() throws Exception {
        ConfigLoader.Loaded loaded = ConfigLoader.loadWithWarnings(SAMPLE, ENV, PROFILES);
        assertThat(loaded.config()).isEqualTo(expected());
        assertThat(loaded.warnings()).isEmpty();
    }

    /** The contract's defaults are the sample's values: what is left out comes back the same. */
    @Test
    void defaultsAreTheSamples() throws Exception {
        String text = Files.readString(SAMPLE);
        String required = text.substring(text.indexOf("listeners:"), text.indexOf("# Every answer"))
                        .replaceAll("(?m)^  (header|onConflict):.*\n", "")
                + text.substring(text.indexOf("routes:"), text.indexOf("\nguard:"));
        Path file = Files.writeString(directory.resolve("c.yaml"), required);
        assertThat(ConfigLoader.load(file, ENV, PROFILES)).isEqualTo(expected());
    }

    @Test
    @NeedsTool("openssl")
    void whatIsCommentedOutLoadsToo() throws Exception {
        String text = Files.readString(SAMPLE)
                .replaceFirst("(?m)^# yaml-language-server.*$", "")
                .replaceAll("(?m)^( *)# ( *(?:- )?\\{?[a-z][a-zA-Z0-9.-]*:(?: |$))", "$1$2");
        Path tls = Files.createDirectory(directory.resolve("tls"));
        Certificates certificates = Certificates.in(tls)
                .selfSigned("edge", "DNS:edge.example")
                .selfSigned("b", "DNS:b.example")
                .selfSigned("clients", "DNS:ca")
                .selfSigned("ca", "DNS:ca")
                .selfSigned("client", "DNS:client");
        Path file = Files.writeString(directory.resolve("c.yaml"), text);
        Config config = ConfigLoader.load(file, ENV, PROFILES);
        assertThat(config.listeners())
                .last()
                .isEqualTo(new Listener(
                        new Address("0.0.0.0", 8443),
                        new Tls(
                                certificates.certificate("edge"),
                                certificates.key("edge"),
                                List.of(new CertificateFiles(certificates.certificate("b"), certificates.key("b"))),
                                UnknownServerName.DEFAULT,
                                new ClientCertificates(certificates.certificate("clients"), true),
                                TlsVersion.TLSV1_2,
                                Duration.ofHours(12)),
                        true,
                        false));
        assertThat(config.upstreams().get("genesys"))
                .isEqualTo(new Upstream(
                        URI.create("https://api.mypurecloud.com"),
                        List.of(new Address("10.0.0.1", 8443), new Address("::1", 8443)),
                        false,
                        ProxyProtocol.NONE,
                        new UpstreamTls(
                                tls.resolve("ca.crt"), tls.resolve("client.crt"), tls.resolve("client.key"), true),
                        new Connections(1024, 1024),
                        new Ejection(5, Duration.ofSeconds(30), 50),
                        new Health("/health", Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 3)));
        assertThat(config.routes().get(0).guard())
                .isEqualTo(
                        new RouteGuard(Mode.OBSERVE, UnknownToken.ALLOW, Map.of(Reason.SESSION_GUEST, Mode.ENFORCE)));
        assertThat(config.guard().reasons()).containsExactly(Map.entry(Reason.IDENTITY_INCOMPLETE, Mode.ENFORCE));
        assertThat(config.cors())
                .isEqualTo(new Cors(List.of("https://chat.example.com"), false, Duration.ofMinutes(10)));
        assertThat(config.explain()).isEqualTo(new Explain(10_000));
        assertThat(config.forwarded()).isEqualTo(new Forwarded(List.of(), Write.X_FORWARDED));
        assertThat(config.limits().rate())
                .isEqualTo(new Rates(new Rate(20, Duration.ofSeconds(1), 40), new Rate(5, Duration.ofSeconds(1), 20)));
        assertThat(config.reload()).isEqualTo(new Reload(Duration.ZERO));
        assertThat(config.profiles()).containsOnlyKeys("my-chat");
        assertThat(config.profiles().get("my-chat").endpoints())
                .extracting(ProfileConfig.Endpoint::path)
                .containsExactly("/chat/start", "/chat/{conversationId}", "/chat/{conversationId}/**");
        JsonNode keys = yaml(text);
        assertThat(ConfigSchema.validate(keys)).isEmpty();
        assertThat(keys.path("server").propertyNames()).containsExactly("threads", "transport");
        assertThat(keys.path("limits").has("body")).isTrue();
        assertThat(keys.path("sessions").propertyNames())
                .containsExactlyElementsOf(ConfigSchema.keys(ConfigSchema.property(ConfigSchema.ROOT, "sessions")));
        assertThat(keys.propertyNames()).containsExactlyElementsOf(ConfigSchema.keys(ConfigSchema.ROOT));
    }

    /** An editor with the schema sees the variables, not their values. */
    @Test
    void isValidForAnEditor() throws Exception {
        String text = Files.readString(SAMPLE);
        assertThat(ConfigSchema.validate(yaml(text))).isEmpty();
        String variables = text.replace("1000000", "${MAX}")
                .replace("15m", "${TIME}")
                .replace("enforce ", "${MODE:-enforce} ")
                .replace("id: ${GENESYS_ORG_ID}", "idFile: org-id");
        assertThat(variables).contains("${MAX}", "${TIME}", "${MODE", "idFile");
        assertThat(ConfigSchema.validate(yaml(variables))).isEmpty();
    }

    private static JsonNode yaml(String text) {
        return JsonMapper.shared().valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
    }

    @Test
    void valuesFromFilesAndVariables() throws Exception {
        String text = Files.readString(SAMPLE)
                .replace("id: ${GENESYS_ORG_ID}", "idFile: ${SECRETS}/org")
                .replace("1000000", "${MAX}")
                .replace("enforce ", "\"${MODE:-observe}\" ");
        Path file = Files.writeString(directory.resolve("c.yaml"), text);
        Files.writeString(Files.createDirectory(directory.resolve("secrets")).resolve("org"), "org-2\r\n");
        Config config = ConfigLoader.load(file, Map.of("SECRETS", "secrets", "MAX", "5"), PROFILES);
        assertThat(config.organization())
                .isEqualTo(new Organization("X-Genesys-Cloud-Id", "org-2", OnConflict.REPLACE));
        assertThat(config.sessions().maximum()).isEqualTo(5);
        assertThat(config.guard().mode()).isEqualTo(Mode.OBSERVE);
    }

    @Test
    void oddSettingsAreWarnings() throws Exception {
        String text = Files.readString(SAMPLE).replace("idle: 75s", "idle: 5s").replace("# body: 0B", "body: 1KiB");
        Path file = Files.writeString(directory.resolve("c.yaml"), text);
        assertThat(ConfigLoader.loadWithWarnings(file, ENV, PROFILES).warnings())
                .extracting(ConfigError::path, ConfigError::message)
                .containsExactly(
                        Tuple.tuple("limits.body", "smaller than limits.checkedBody"),
                        Tuple.tuple("timeouts.idle", "shorter than timeouts.head"));
    }

    @Test
    void byteOrderMarkIsNoError() throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), "\uFEFF" + Files.readString(SAMPLE));
        assertThat(ConfigLoader.load(file, ENV, PROFILES)).isEqualTo(expected());
    }

    /** Whatever happens to the bytes: a configuration or a ConfigException, with a place inside the file. */
    @Test
    void brokenInAnyWayItLoadsOrTellsErrors() throws Exception {
        byte[] sample = Files.readString(SAMPLE)
                .replaceAll("(?m)^#.*\n", "")
                .replaceAll(" +#.*", "")
                .getBytes(StandardCharsets.UTF_8);
        Path file = directory.resolve("c.yaml");
        int refused = 0;
        for (int seed = 0; seed < 2000; seed++) {
            byte[] mutated = mutate(sample, new Random(seed));
            Files.write(file, mutated);
            try {
                ConfigLoader.load(file, ENV, PROFILES);
            } catch (ConfigException e) {
                refused++;
                assertThat(e.errors()).as("seed " + seed).isNotEmpty().allSatisfy(error -> {
                    assertThat(error.line()).isBetween(1, 200);
                    assertThat(error.column()).isBetween(1, 2000);
                    assertThat(error.message()).isNotBlank().doesNotContain("Exception", "org-1");
                });
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).isBetween(1000, 1999);
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] result = bytes;
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            int from = random.nextInt(result.length);
            int length = Math.min(1 + random.nextInt(random.nextInt(8) == 0 ? 200 : 4), result.length - from);
            byte[] head = Arrays.copyOf(result, from);
            byte[] middle = Arrays.copyOfRange(result, from, from + length);
            byte[] tail = Arrays.copyOfRange(result, from + length, result.length);
            result = switch (random.nextInt(4)) {
                case 0 -> join(head, tail);
                case 1 -> join(head, middle, middle, tail);
                case 2 -> {
                    byte[] swapped = result.clone();
                    int other = random.nextInt(result.length);
                    swapped[from] = result[other];
                    swapped[other] = result[from];
                    yield swapped;
                }
                default -> {
                    byte[] changed = result.clone();
                    changed[from] = (byte) random.nextInt(256);
                    yield changed;
                }
            };
        }
        return result;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    void randomTextNeverThrowsAnythingElse() throws Exception {
        String alphabet = "ab:-?[]{},&*!|>'\"%@`#\\ \n\t~0xU${}";
        Path file = directory.resolve("c.yaml");
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            random.ints(1 + random.nextInt(60), 0, alphabet.length()).forEach(i -> text.append(alphabet.charAt(i)));
            Files.writeString(file, text);
            assertThatCode(() -> ConfigLoader.load(file, ENV, PROFILES))
                    .as("seed " + seed)
                    .isInstanceOf(ConfigException.class);
        }
    }
}
