package dev.headgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/metrics.md tells of what {@link Metrics} exports: all of it, and nothing else. */
class MetricsDocumentTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9_]+)` \\| (\\w+) \\| ([^|]*) \\| [^|]+ \\|");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+?)(?:_bucket|_sum|_count)?(?:\\{(.*)\\})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern REGISTERED = Pattern.compile("\"((?:headgate|http_server|http_client)_[a-z0-9_]+)\"");

    /** Which the document covers by a sentence. */
    private static final List<String> MACHINE = List.of("jvm_", "process_");

    private record Described(String type, Set<String> labels) {}

    private static boolean isMachine(String name) {
        return MACHINE.stream().anyMatch(name::startsWith);
    }

    private static Map<String, Described> documented() throws Exception {
        Map<String, Described> found = new TreeMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/metrics.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<String> labels = new TreeSet<>();
                Matcher label = CODE.matcher(row.group(3).replaceAll("\\([^)]*\\)+", ""));
                while (label.find()) {
                    labels.add(label.group(1));
                }
                assertThat(found.put(row.group(1), new Described(row.group(2), labels)))
                        .as(row.group(1) + " twice")
                        .isNull();
            }
        }
        return found;
    }

    private static Map<String, Described> exported() {
        Map<String, Described> found = new TreeMap<>();
        List<String> lines = MonitoringFilesTest.scrape();
        for (String line : lines) {
            Matcher type = TYPE.matcher(line);
            if (type.matches() && !isMachine(type.group(1))) {
                found.put(type.group(1), new Described(type.group(2), new TreeSet<>()));
            }
        }
        for (String line : lines) {
            Matcher sample = SAMPLE.matcher(line);
            if (!line.startsWith("#") && sample.matches() && sample.group(2) != null) {
                Described whole = found.get(line.split("[{ ]", 2)[0]);
                Described family = whole == null ? found.get(sample.group(1)) : whole;
                Matcher label = LABEL.matcher(sample.group(2));
                while (family != null && label.find()) {
                    if (!label.group(1).equals("le")) {
                        family.labels().add(label.group(1));
                    }
                }
            }
        }
        return found;
    }

    @Test
    void eachMetricIsThereWithTypeAndLabels() throws Exception {
        Map<String, Described> exported = exported();
        assertThat(exported).hasSizeGreaterThan(40);
        assertThat(documented()).isEqualTo(exported);
    }

    /** One without a sample is not scraped, and would be missed. */
    @Test
    void theExportHasASampleOfEach() throws Exception {
        String source = Files.readString(ROOT.resolve("proxy-app/src/main/java/dev/headgate/observe/Metrics.java"));
        Set<String> registered = new TreeSet<>();
        Matcher name = REGISTERED.matcher(source);
        while (name.find()) {
            registered.add(name.group(1));
        }
        registered.removeAll(Set.of("http_request_method", "http_response_status_code", "http_route"));
        assertThat(registered).hasSizeGreaterThan(25);
        assertThat(exported().keySet()).containsAll(registered);
    }

    @Test
    void theRestIsSaidToBeThere() throws Exception {
        String text = Files.readString(ROOT.resolve("docs/metrics.md"));
        for (String prefix : MACHINE) {
            assertThat(text).contains("`" + prefix + "*`");
        }
    }
}
