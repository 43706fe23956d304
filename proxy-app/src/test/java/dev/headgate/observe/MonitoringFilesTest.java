package dev.headgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.Upstream;
import dev.headgate.observe.Metrics.CertificateEnd;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the alerts and the dashboard ask for is what {@link Metrics} exports. */
class MonitoringFilesTest {
    private static final Path CONFIG = Path.of(System.getProperty("basedir", "."), "..", "config");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern GROUPING = Pattern.compile("\\b(by|on|without|ignoring)\\s*\\([^)]*\\)");
    private static final Pattern FUNCTION = Pattern.compile("\\b[a-z_]+\\s*\\(");
    private static final Pattern REASON = Pattern.compile("(?:reason|diagnosis)!?=~?\"([^\"]*)\"");

    private static Set<String> names(String expression) {
        String bare = expression.replaceAll("\\{[^}]*\\}", " ").replaceAll("\\[[^]]*\\]", " ");
        bare = FUNCTION.matcher(GROUPING.matcher(bare).replaceAll(" ")).replaceAll(" ");
        Set<String> names = new TreeSet<>();
        Matcher matcher = NAME.matcher(bare);
        while (matcher.find()) {
            if (matcher.group().contains("_") && !matcher.group().startsWith("group_")) {
                names.add(matcher.group());
            }
        }
        return names;
    }

    private static Set<String> exported() {
        Set<String> names = new TreeSet<>();
        scrape().stream().filter(line -> !line.startsWith("#")).forEach(line -> names.add(line.split("[{ ]", 2)[0]));
        return names;
    }

    /** What is exported once everything has a sample. */
    static List<String> scrape() {
        EventExecutorGroup loops = new DefaultEventExecutorGroup(1);
        try (Metrics metrics = new Metrics(List.of("/"), List.of("genesys"), "1")) {
            metrics.watch("sessions", Caffeine.newBuilder().recordStats().build());
            // That of the product.
            if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
                metrics.watch(allocator);
            }
            metrics.watch(loops);
            metrics.reloaded(true);
            metrics.watchUpstreams(() -> List.of(new Upstream("genesys", "127.0.0.1", 1, null)));
            metrics.certificates(List.of(new CertificateEnd("0.0.0.0:8443", "/tls/edge.crt", Instant.EPOCH)));
            Exchanges observed = Exchanges.full();
            observed.verdict = VerdictKind.OBSERVE_DENY;
            for (Exchanges exchange :
                    List.of(Exchanges.good(), Exchanges.full(), Exchanges.refused(Reason.AUTH_MISSING), observed)) {
                metrics.started();
                metrics.finished(exchange.record());
            }
            return metrics.scrape(null).lines().toList();
        } finally {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private static List<String> dashboard() throws Exception {
        JsonNode root = new JsonMapper().readTree(Files.readString(CONFIG.resolve("grafana/headgate.json")));
        List<String> expressions = new ArrayList<>();
        root.findValues("expr").forEach(node -> expressions.add(node.stringValue()));
        return expressions;
    }

    private static List<String> alerts() throws Exception {
        Matcher matcher = Pattern.compile("(?s)expr:(.*?)\\n +(?:for|labels):")
                .matcher(Files.readString(CONFIG.resolve("prometheus/alerts.yaml")));
        List<String> expressions = new ArrayList<>();
        while (matcher.find()) {
            expressions.add(matcher.group(1).replaceFirst("^ *>-", " "));
        }
        return expressions;
    }

    @Test
    void asksForWhatIsExported() throws Exception {
        assertThat(names("a_b{c_d=\"e_f\"} / on (g_h) group_left sum by (i_j) (rate(k_l[5m]))"))
                .containsExactly("a_b", "k_l");
        List<String> expressions = new ArrayList<>(dashboard());
        assertThat(expressions).hasSizeGreaterThan(20);
        assertThat(alerts()).hasSize(16);
        expressions.addAll(alerts());
        Set<String> exported = exported();
        assertThat(expressions).allSatisfy(expression -> assertThat(exported).containsAll(names(expression)));
    }

    @Test
    void namesReasonsThatExist() throws Exception {
        Set<String> codes = new TreeSet<>();
        for (Reason reason : Reason.values()) {
            codes.add(reason.code());
        }
        for (Cause cause : Cause.values()) {
            codes.add(cause.code());
        }
        List<String> named = new ArrayList<>();
        for (String expression : alerts()) {
            Matcher matcher = REASON.matcher(expression);
            while (matcher.find()) {
                named.addAll(List.of(matcher.group(1).split("\\|")));
            }
        }
        assertThat(named).hasSizeGreaterThan(3).isSubsetOf(codes);
    }

    @Test
    void testsEachAlert() throws Exception {
        Matcher matcher =
                Pattern.compile("- alert: (\\w+)").matcher(Files.readString(CONFIG.resolve("prometheus/alerts.yaml")));
        String tests = Files.readString(CONFIG.resolve("prometheus/alerts_test.yaml"));
        int alerts = 0;
        while (matcher.find()) {
            alerts++;
            assertThat(tests).contains(matcher.group(1));
        }
        assertThat(alerts).isEqualTo(16);
    }
}
