package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.ConfigLoader;
import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.ClaimPlaces;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.IdPlaces;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Needs;
import dev.headgate.profile.PathPattern;
import dev.headgate.profile.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Profiles as the configuration writes them, and as the gate has them. */
class OwnProfileTest {
    @TempDir
    Path directory;

    private Profile load(String profiles) throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                listeners: [{address: "127.0.0.1:0"}]
                upstreams: {local: {url: "http://localhost"}}
                routes: [{path: /, upstream: local, profile: mine}]
                """ + profiles);
        Config config = ConfigLoader.load(file, Map.of(), BuiltInProfiles.ALL.keySet());
        Profile profile = Profiles.of(config.profiles()).get("mine");
        assertThat(profile).isNotNull();
        return profile;
    }

    static Collection<Profile> builtIn() {
        return BuiltInProfiles.ALL.values();
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void whatIsPrintedOfABuiltInOneIsTheSameAgain(Profile profile) throws Exception {
        String yaml = ProfileYaml.of(profile);
        assertThat(yaml).contains("\n  " + profile.name() + ":\n");
        Profile again = load(yaml.replace("\n  " + profile.name() + ":\n", "\n  mine:\n"));
        assertThat(again).isEqualTo(new Profile("mine", profile.claims(), profile.endpoints()));
        assertThat(again).isNotEqualTo(profile);
    }

    @Test
    void everyKey() throws Exception {
        Profile profile = new Profile(
                "mine",
                new ClaimPlaces(
                        "/exp",
                        "/org",
                        Map.of(
                                Binding.GUEST, "/a/guest",
                                Binding.CONVERSATION, "/a/conversation",
                                Binding.CHAT, "/a/chat",
                                Binding.DIVISION, "/a/division",
                                Binding.MEMBER, "/a/member")),
                List.of(
                        new Endpoint(
                                "POST",
                                PathPattern.of("/start"),
                                new Learns(
                                        List.of("/token", "/to ken, too: \"1\""),
                                        Map.of(Binding.GUEST, List.of("/g", "/h"), Binding.MEMBER, List.of("/m/0")),
                                        List.of("/in"),
                                        List.of("/at"),
                                        Duration.ofMinutes(90),
                                        List.of("/scope"),
                                        List.of("/purpose"),
                                        List.of("/renews"),
                                        new Needs(List.of("/needed"), List.of("X-Needed"))),
                                null,
                                null),
                        new Endpoint(
                                "DELETE",
                                PathPattern.of("/{thread}/{null}"),
                                null,
                                new Guards(
                                        Set.of(),
                                        true,
                                        "thread",
                                        false,
                                        new IdPlaces(
                                                Map.of("null", Binding.CONVERSATION),
                                                Map.of("true", Binding.DIVISION),
                                                Map.of("/a b/~0/c", Binding.CHAT)),
                                        true,
                                        List.of(Set.of("one"), Set.of("two")),
                                        "chat"),
                                Binding.CONVERSATION),
                        new Endpoint(
                                null,
                                PathPattern.of("/x y: z/**"),
                                null,
                                new Guards(Set.of("a", "b"), false, null, true, IdPlaces.NONE, false, List.of(), null),
                                null)));
        assertThat(load(ProfileYaml.of(profile))).isEqualTo(profile);
    }

    @Test
    void whatIsLeftOut() throws Exception {
        Profile profile = load("""
                profiles:
                  mine:
                    endpoints:
                      - {path: /start, learns: {token: [/token]}}
                      - {path: "/**", guards: {}}
                """);
        assertThat(profile)
                .isEqualTo(new Profile(
                        "mine",
                        ClaimPlaces.NONE,
                        List.of(
                                new Endpoint(
                                        null,
                                        PathPattern.of("/start"),
                                        new Learns(
                                                List.of("/token"),
                                                Map.of(),
                                                List.of(),
                                                List.of(),
                                                null,
                                                List.of(),
                                                List.of(),
                                                List.of(),
                                                Needs.NOTHING),
                                        null,
                                        null),
                                new Endpoint(
                                        null,
                                        PathPattern.of("/**"),
                                        null,
                                        new Guards(
                                                Set.of("bearer"),
                                                false,
                                                null,
                                                true,
                                                IdPlaces.NONE,
                                                false,
                                                List.of(),
                                                null),
                                        null))));
    }

    @Test
    void scopesAndSchemes() throws Exception {
        Profile profile = load("""
                profiles:
                  mine:
                    endpoints:
                      - path: /**
                        guards: {issued: false, schemes: [Desk, bearer], scopes: [a b, c]}
                """);
        Guards guards = profile.endpoints().get(0).guards();
        assertThat(guards).isNotNull();
        assertThat(guards.schemes()).containsExactly("desk", "bearer");
        assertThat(guards.scopes()).containsExactly(Set.of("a", "b"), Set.of("c"));
        assertThat(guards.scopes().get(0)).containsExactly("a", "b");
    }
}
