package dev.headgate.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "POST, POST, /a, true",
        "POST, GET, /a, false",
        "POST, post, /a, false",
        "POST, POST, /b, false",
        ", POST, /a/, true",
        ", anything, /a, true",
        ", POST, /b, false",
    })
    void matchesByMethodAndPath(@Nullable String method, String sent, String path, boolean matches) {
        assertThat(endpoint(method, "/a").matches(sent, path)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /a/**, GET, /a/b, true",
        ", /a/**, GET, /a/b, true",
        ", /a/**, , /a/b, true",
        "GET, /a/**, POST, /a/b, false",
        "GET, /a/**, , /a/b, false",
        "GET, /a/b, GET, /a/**, false",
        "get, /a, GET, /a, false",
    })
    void coversByMethodAndPath(
            @Nullable String method, String path, @Nullable String otherMethod, String otherPath, boolean covers) {
        assertThat(endpoint(method, path).covers(endpoint(otherMethod, otherPath)))
                .isEqualTo(covers);
    }

    @Test
    void theFirstOneOfAProfileCounts() {
        Endpoint first = endpoint("GET", "/a/b");
        Endpoint second = endpoint(null, "/a/**");
        Endpoint third = endpoint("GET", "/**");
        Profile profile = new Profile("p", ClaimPlaces.NONE, List.of(first, second, third));
        assertThat(profile.endpoint("GET", "/a/b")).isSameAs(first);
        assertThat(profile.endpoint("PUT", "/a/b")).isSameAs(second);
        assertThat(profile.endpoint("GET", "/a/c")).isSameAs(second);
        assertThat(profile.endpoint("GET", "/c")).isSameAs(third);
        assertThat(profile.endpoint("PUT", "/c")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"session, guest", "guest, session", ", session"})
    void whatIsGuardedInThePathIsThere(@Nullable String token, String id) {
        IdPlaces ids = new IdPlaces(Map.of(id, Binding.CONVERSATION), Map.of(), Map.of());
        Guards guards = new Guards(Set.of("bearer"), false, token, true, ids, false, List.of(), null);
        assertThatThrownBy(() -> new Endpoint(null, PathPattern.of("/{guest}/session"), null, guards, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("session")
                .hasMessageContaining("(expected: those of /{guest}/session)");
        Endpoint both = new Endpoint(null, PathPattern.of("/{guest}/{session}"), null, guards, null);
        assertThat(both.tokenVariable()).isEqualTo(token);
    }

    private static Endpoint endpoint(@Nullable String method, String path) {
        return new Endpoint(method, PathPattern.of(path), null, null, null);
    }
}
