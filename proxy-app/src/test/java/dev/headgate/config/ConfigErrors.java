package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with a file, each error as it is printed, without the file's name. */
final class ConfigErrors {
    /** The smallest valid configuration: lines 1 to 8, of which the last is still in the route. */
    static final String REQUIRED = """
            listeners:
              - address: 127.0.0.1:0
            upstreams:
              genesys:
                url: http://localhost
            routes:
              - path: /
                upstream: genesys
            """;

    private static final Map<String, String> ENV = Map.of("WORD", "s3cr3t", "BRACES", "${WORD}", "EMPTY", "");

    private ConfigErrors() {}

    static List<String> of(Path file) {
        try {
            ConfigLoader.load(file, ENV, Set.of("forum-guest"));
            return List.of();
        } catch (ConfigException e) {
            return e.errors().stream()
                    .map(error -> {
                        assertThat(error.file()).isEqualTo(file.toString());
                        assertThat(error.toString()).startsWith(file + ":").doesNotContain("\n", "s3cr3t");
                        return error.toString().substring(file.toString().length() + 1);
                    })
                    .toList();
        }
    }
}
