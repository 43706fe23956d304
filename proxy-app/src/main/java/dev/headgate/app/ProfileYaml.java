package dev.headgate.app;

import dev.headgate.config.DurationText;
import dev.headgate.profile.Binding;
import dev.headgate.profile.ClaimPlaces;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.IdPlaces;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A profile in the form of the configuration's section {@code profiles}; what has its default is left out. */
final class ProfileYaml {
    /** Words that mean themselves without quotes, in braces and brackets too. */
    private static final Pattern PLAIN =
            Pattern.compile("(?!(?i:true|false|null|yes|no|on|off|y|n)$)[A-Za-z/]([A-Za-z0-9/_.:-]*[A-Za-z0-9/_.-])?");

    private final StringBuilder yaml = new StringBuilder();

    private ProfileYaml() {}

    static String of(Profile profile) {
        ProfileYaml writer = new ProfileYaml();
        writer.profile(profile);
        return writer.yaml.toString();
    }

    private void profile(Profile profile) {
        section(0, "profiles");
        section(2, text(profile.name()));
        ClaimPlaces claims = profile.claims();
        if (!claims.isEmpty()) {
            section(4, "claims");
            value(6, "expires", claims.expires());
            value(6, "organization", claims.organization());
            for (Binding binding : Binding.values()) {
                value(6, word(binding), claims.ids().get(binding));
            }
        }
        section(4, "endpoints");
        profile.endpoints().forEach(this::endpoint);
    }

    private void endpoint(Endpoint endpoint) {
        int start = yaml.length();
        value(8, "method", endpoint.method());
        yaml.append("        path: ").append(path(endpoint.path().toString())).append('\n');
        yaml.setCharAt(start + 6, '-');
        if (endpoint.ends() != null) {
            value(8, "ends", word(endpoint.ends()));
        }
        if (endpoint.learns() != null) {
            learns(endpoint.learns());
        }
        if (endpoint.guards() != null) {
            guards(endpoint.guards());
        }
    }

    private void learns(Learns learns) {
        section(8, "learns");
        list(10, "token", learns.token());
        if (!learns.ids().isEmpty()) {
            section(10, "ids");
            for (Binding binding : Binding.values()) {
                list(12, word(binding), learns.ids().getOrDefault(binding, List.of()));
            }
        }
        list(10, "expiresIn", learns.expiresIn());
        list(10, "expiresAt", learns.expiresAt());
        if (learns.lifetime() != null) {
            line(10, "lifetime", DurationText.of(learns.lifetime()));
        }
        list(10, "scopes", learns.scopes());
        list(10, "purpose", learns.purpose());
        list(10, "renews", learns.renews());
        if (!learns.needs().isEmpty()) {
            section(10, "needs");
            list(12, "body", learns.needs().body());
            list(12, "headers", learns.needs().fields());
        }
    }

    private void guards(Guards guards) {
        section(8, "guards");
        line(10, "schemes", flow(guards.schemes()));
        if (guards.bareToken()) {
            line(10, "bareToken", "true");
        }
        value(10, "tokenInPath", guards.tokenVariable());
        line(10, "issued", String.valueOf(guards.issued()));
        IdPlaces ids = guards.ids();
        if (!ids.equals(IdPlaces.NONE)) {
            section(10, "ids");
            map(12, "path", ids.path());
            map(12, "query", ids.query());
            map(12, "body", ids.body());
        }
        if (guards.body()) {
            line(10, "body", "true");
        }
        list(
                10,
                "scopes",
                guards.scopes().stream().map(any -> String.join(" ", any)).toList());
        value(10, "purpose", guards.purpose());
    }

    private void section(int indent, String key) {
        yaml.append(" ".repeat(indent)).append(key).append(":\n");
    }

    private void line(int indent, String key, String value) {
        yaml.append(" ".repeat(indent)).append(key).append(": ").append(value).append('\n');
    }

    private void value(int indent, String key, @Nullable String value) {
        if (value != null) {
            line(indent, key, text(value));
        }
    }

    private void list(int indent, String key, Collection<String> values) {
        if (!values.isEmpty()) {
            line(indent, key, flow(values));
        }
    }

    private void map(int indent, String key, Map<String, Binding> values) {
        if (!values.isEmpty()) {
            line(
                    indent,
                    key,
                    values.entrySet().stream()
                            .map(entry -> text(entry.getKey()) + ": " + word(entry.getValue()))
                            .collect(Collectors.joining(", ", "{", "}")));
        }
    }

    private static String flow(Collection<String> values) {
        return values.stream().map(ProfileYaml::text).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String word(Binding binding) {
        return binding.name().toLowerCase(Locale.ROOT);
    }

    /** Braces and asterisks mean nothing inside a word that is in no braces or brackets itself. */
    private static String path(String pattern) {
        String inner = pattern.replaceAll("[{}*]", "x");
        return PLAIN.matcher(inner).matches() ? pattern : quoted(pattern);
    }

    /** As several words too, because scopes are. */
    private static String text(String text) {
        boolean plain = Arrays.stream(text.split(" ", -1))
                .allMatch(word -> PLAIN.matcher(word).matches());
        return plain ? text : quoted(text);
    }

    /** A JSON string is a YAML scalar (YAML 1.2 section 1.3). */
    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }
}
