package dev.headgate.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What each profile makes of each kind of request, in words. */
class BuiltInProfilesTest {
    static final List<Profile> PROFILES = List.copyOf(BuiltInProfiles.ALL.values());

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            POST   | /identities                  | learns chat conversation division guest
            POST   | /identities/                 | learns chat conversation division guest
            GET    | /identities                  | bearer; query body: guest conversation chat division
            POST   | /identities/x                | bearer; query body: guest conversation chat division
            POST   | /messages                    | bearer; needs a body; 2 scopes; purpose chat; query body: guest conversation chat division
            POST   | /messages/                   | bearer; needs a body; 2 scopes; purpose chat; query body: guest conversation chat division
            GET    | /messages                    | bearer; 1 scopes; purpose chat; query body: guest conversation chat division
            HEAD   | /messages                    | bearer; query body: guest conversation chat division
            post   | /messages                    | bearer; query body: guest conversation chat division
            POST   | /messages/x                  | bearer; query body: guest conversation chat division
            DELETE | /conversations/c             | bearer; path: conversation; query body: guest conversation chat division; ends conversation
            GET    | /conversations/c             | bearer; path: conversation; query body: guest conversation chat division
            DELETE | /conversations/c/members/m   | bearer; path: conversation; query body: guest conversation chat division
            POST   | /conversations/c/typing      | bearer; path: conversation; query body: guest conversation chat division
            GET    | /conversations               | bearer; query body: guest conversation chat division
            GET    | /                            | bearer; query body: guest conversation chat division
            GET    | s                            | -
            """)
    void forumGuest(String method, String path, @Nullable String what) {
        is("forum-guest", method, "/api/v2/guests" + path, what);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            POST   | /                         | learns conversation member
            GET    | /                         | -
            GET    | /c                        | bearer or bare; path: conversation
            DELETE | /c                        | bearer or bare; path: conversation
            GET    | /c/members                | bearer or bare; path: conversation
            GET    | /c/members/m              | bearer or bare; path: conversation
            GET    | /c/messages/x             | bearer or bare; path: conversation
            DELETE | /c/members/m              | bearer or bare; path: conversation member; ends member
            DELETE | /c/members/m/             | bearer or bare; path: conversation member; ends member
            DELETE | /c/members/m/x            | bearer or bare; path: conversation member
            PUT    | /c/members/m/x            | bearer or bare; path: conversation member
            post   | /c/members/m/x            | bearer or bare; path: conversation member
            GET    | /c/members/m/x            | bearer or bare; path: conversation
            POST   | /c/members/m/messages     | bearer or bare; path: conversation member
            POST   | /c/members/m/typing       | bearer or bare; path: conversation member
            POST   | /c/members/m              | bearer or bare; path: conversation member
            PATCH  | /c/members/m              | bearer or bare; path: conversation member
            PATCH  | /c/mediarequests/m        | bearer or bare; path: conversation
            """)
    void webchatV2(String method, String path, @Nullable String what) {
        is("webchat-v2", method, "/api/v2/webchat/guest/conversations" + path, what);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            GET  | /api/v2/webmessaging/messages    | bearer; issued anywhere
            GET  | /api/v2/webmessaging/messages/   | bearer; issued anywhere
            POST | /api/v2/webmessaging/messages/x  | bearer; issued anywhere
            GET  | /api/v2/webmessaging/other       | -
            GET  | /v1                              | -
            """)
    void webmessaging(String method, String path, @Nullable String what) {
        is("webmessaging", method, path, what);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            POST  | /              | learns
            GET   | /              | -
            GET   | /s             | token in sessionId
            PATCH | /s             | token in sessionId
            POST  | /s/documents/x | token in sessionId
            """)
    void knowledgeGuest(String method, String path, @Nullable String what) {
        is("knowledge-guest", method, "/api/v2/knowledge/guest/sessions" + path, what);
    }

    @ParameterizedTest
    @FieldSource("PROFILES")
    void noEndpointIsCoveredByAnEarlierOne(Profile profile) {
        List<Endpoint> endpoints = profile.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(endpoints.get(j).covers(endpoints.get(i)))
                        .as("%s: %s covers %s", profile.name(), endpoints.get(j), endpoints.get(i))
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("PROFILES")
    void everyVariableThatIsReadIsThere(Profile profile) {
        for (Endpoint endpoint : profile.endpoints()) {
            Guards guards = endpoint.guards();
            assertThat(guards != null || endpoint.learns() != null)
                    .as("%s does something", endpoint.path())
                    .isTrue();
            if (guards != null) {
                assertThat(endpoint.path().variables())
                        .as(endpoint.path().toString())
                        .containsAll(guards.ids().path().keySet());
                assertThat(guards.tokenVariable())
                        .isIn(
                                endpoint.path().variables().toArray().length == 0
                                        ? new String[] {null}
                                        : new String[] {
                                            null, endpoint.path().variables().get(0)
                                        });
                Binding ends = endpoint.ends();
                assertThat(ends == null || guards.ids().path().containsValue(ends))
                        .as("%s ends what its path names", endpoint.path())
                        .isTrue();
            }
        }
    }

    @Test
    void areKnownByName() {
        assertThat(BuiltInProfiles.ALL)
                .containsOnlyKeys("forum-guest", "webchat-v2", "webmessaging", "knowledge-guest")
                .allSatisfy((name, profile) -> assertThat(profile.name()).isEqualTo(name));
    }

    @Test
    void onlyWebchatTokensTellAboutThemselves() {
        assertThat(BuiltInProfiles.WEBCHAT_V2.claims())
                .isEqualTo(new ClaimPlaces(
                        "/exp", "/org", Map.of(Binding.CONVERSATION, "/data/conv", Binding.MEMBER, "/data/sub")));
        assertThat(BuiltInProfiles.FORUM_GUEST.claims().pointers()).containsExactly("/exp");
        assertThat(BuiltInProfiles.WEBMESSAGING.claims().isEmpty()).isTrue();
        assertThat(BuiltInProfiles.KNOWLEDGE_GUEST.claims().isEmpty()).isTrue();
    }

    private static void is(String profile, String method, String path, @Nullable String what) {
        Endpoint endpoint =
                Objects.requireNonNull(BuiltInProfiles.ALL.get(profile)).endpoint(method, path);
        assertThat(endpoint == null ? null : words(endpoint))
                .as("%s %s", method, path)
                .isEqualTo(what);
    }

    private static String words(Endpoint endpoint) {
        Learns learns = endpoint.learns();
        Guards guards = endpoint.guards();
        if (learns != null) {
            TreeSet<String> ids = new TreeSet<>();
            learns.ids().keySet().forEach(id -> ids.add(word(id)));
            return ("learns " + String.join(" ", ids)).strip();
        }
        if (guards == null) {
            return "nothing";
        }
        List<String> words = new ArrayList<>();
        words.add(
                guards.tokenVariable() != null
                        ? "token in " + guards.tokenVariable()
                        : String.join(" ", guards.schemes()) + (guards.bareToken() ? " or bare" : ""));
        if (!guards.issued()) {
            words.add("issued anywhere");
        }
        if (guards.body()) {
            words.add("needs a body");
        }
        if (!guards.scopes().isEmpty()) {
            words.add(guards.scopes().size() + " scopes");
        }
        if (guards.purpose() != null) {
            words.add("purpose " + guards.purpose());
        }
        IdPlaces ids = guards.ids();
        if (!ids.path().isEmpty()) {
            words.add("path: " + words(ids.path()));
        }
        if (!ids.query().isEmpty()) {
            assertThat(words(ids.body()))
                    .as("body and query of %s", endpoint.path())
                    .isEqualTo(words(ids.query()));
            words.add("query body: " + words(ids.query()));
        }
        if (endpoint.ends() != null) {
            words.add("ends " + word(endpoint.ends()));
        }
        return String.join("; ", words);
    }

    private static String words(Map<String, Binding> ids) {
        return String.join(
                " ", ids.values().stream().map(BuiltInProfilesTest::word).toList());
    }

    private static String word(Binding binding) {
        return binding.name().toLowerCase(Locale.ROOT);
    }
}
