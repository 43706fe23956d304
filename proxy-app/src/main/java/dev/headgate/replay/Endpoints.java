package dev.headgate.replay;

import dev.headgate.http.BadHead;
import dev.headgate.http.HeadParser;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.PathPrefix;
import dev.headgate.profile.Profile;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which endpoint a recorded request is for. Immutable. */
public final class Endpoints {
    /**
     * One profile, and where it applies.
     *
     * @param prefix a {@link PathPrefix}, as a route has it
     * @param profile null where there is none
     */
    public record At(String prefix, @Nullable Profile profile) {}

    /** @param path as the profile's patterns read it */
    record Match(Profile profile, Endpoint endpoint, String path) {}

    private static final HeadParser PARSER = new HeadParser(1);

    private final List<At> all;

    /**
     * @param all the longest prefix that matches counts; of equal ones the first whose profile knows the request
     */
    public Endpoints(List<At> all) {
        this.all = all.stream()
                .sorted(Comparator.comparingInt((At at) -> at.prefix.length()).reversed())
                .toList();
    }

    /** The endpoint of a request; null where no profile knows it, or where its target cannot be read. */
    @Nullable
    Match of(String method, String target) {
        String path = path(target);
        if (path == null) {
            return null;
        }
        int longest = -1;
        for (At at : all) {
            if (at.prefix.length() < longest || !PathPrefix.covers(at.prefix, path)) {
                continue;
            }
            longest = at.prefix.length();
            Profile profile = at.profile;
            Endpoint endpoint = profile == null ? null : profile.endpoint(method, path);
            if (profile != null && endpoint != null) {
                return new Match(profile, endpoint, path);
            }
        }
        return null;
    }

    /** In the one reading that the gate goes by. Braces of placeholders may stand in a target as it is read. */
    private static @Nullable String path(String target) {
        byte[] head = ("GET " + target + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.UTF_8);
        try {
            return PARSER.request(head, head.length).path();
        } catch (BadHead e) {
            return null;
        }
    }
}
