package dev.headgate.app;

import dev.headgate.profile.Binding;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a profile does, in words for people. */
final class EndpointText {
    private static final int METHOD_WIDTH = 7;

    private EndpointText() {}

    /** One line for each endpoint: its method, its path, and what it learns, guards and ends. */
    static List<String> lines(Profile profile) {
        int width = profile.endpoints().stream()
                .mapToInt(endpoint -> endpoint.path().toString().length())
                .max()
                .orElse(0);
        return profile.endpoints().stream()
                .map(endpoint -> pad(endpoint.method() == null ? "any" : endpoint.method(), METHOD_WIDTH)
                        + pad(endpoint.path().toString(), width + 1)
                        + words(endpoint))
                .toList();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    private static String words(Endpoint endpoint) {
        List<String> words = new ArrayList<>();
        if (endpoint.learns() != null) {
            words.add(learns(endpoint.learns()));
        }
        if (endpoint.guards() != null) {
            words.add(guards(endpoint.guards()));
        }
        if (endpoint.ends() != null) {
            words.add("ends the " + word(endpoint.ends()));
        }
        return String.join("; ", words);
    }

    private static String learns(Learns learns) {
        List<String> words = new ArrayList<>(List.of("token"));
        words.addAll(words(learns.ids().keySet()));
        if (!learns.expiresIn().isEmpty() || !learns.expiresAt().isEmpty()) {
            words.add("lifetime");
        }
        if (!learns.scopes().isEmpty()) {
            words.add("scopes");
        }
        if (!learns.purpose().isEmpty()) {
            words.add("purpose");
        }
        return "learns " + String.join(", ", words);
    }

    private static String guards(Guards guards) {
        List<String> words = new ArrayList<>();
        Stream.of(
                        guards.schemes().isEmpty() ? "" : "Authorization with " + String.join(" or ", guards.schemes()),
                        guards.bareToken() ? "a token without a scheme" : "")
                .filter(text -> !text.isEmpty())
                .reduce((one, other) -> one + " or " + other)
                .ifPresent(words::add);
        if (guards.tokenVariable() != null) {
            words.add("the token in {" + guards.tokenVariable() + "}");
        }
        if (guards.issued()) {
            words.add("issued here");
        }
        Set<Binding> ids = new TreeSet<>(guards.ids().path().values());
        ids.addAll(guards.ids().query().values());
        ids.addAll(guards.ids().body().values());
        words.addAll(words(ids));
        guards.scopes().forEach(any -> words.add("scope " + String.join(" or ", any)));
        if (guards.purpose() != null) {
            words.add("purpose " + guards.purpose());
        }
        if (guards.body()) {
            words.add("a JSON body");
        }
        return words.isEmpty() ? "guards nothing" : "guards " + String.join(", ", words);
    }

    private static List<String> words(Collection<Binding> bindings) {
        return bindings.stream().sorted().map(EndpointText::word).collect(Collectors.toList());
    }

    private static String word(Binding binding) {
        return binding.name().toLowerCase(Locale.ROOT);
    }
}
