package dev.headgate.gate;

import dev.headgate.http.RequestHead;
import dev.headgate.profile.Binding;
import dev.headgate.profile.IdPlaces;
import dev.headgate.profile.IdPlaces.Named;
import dev.headgate.profile.JsonValues;
import dev.headgate.profile.PathPattern;
import dev.headgate.profile.Unreadable;
import dev.headgate.profile.Uuid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the ids that a request names. */
final class PresentedIds {
    /** The semicolon was one too (HTML 4.01 appendix B.2.2), and still is to some servers. */
    private static final Pattern SEPARATOR = Pattern.compile("[&;]");

    private PresentedIds() {}

    /**
     * @param path of the endpoint, which the head's path matches
     * @param body null where it is not read
     */
    static List<PresentedId> of(RequestHead head, PathPattern path, IdPlaces places, byte @Nullable [] body)
            throws Unreadable {
        List<PresentedId> ids = new ArrayList<>(4);
        List<Named> variables = places.variables();
        for (int i = 0; i < variables.size(); i++) {
            Named variable = variables.get(i);
            String value = path.value(variable.name(), head.path());
            ids.add(new PresentedId(variable.binding(), variable.name(), Uuid.canonical(value), "path"));
        }
        String query = places.query().isEmpty() ? null : head.query();
        if (query != null) {
            inQuery(query, places.query(), ids);
        }
        if (body != null) {
            JsonValues values = places.selection().read(body, body.length);
            List<Named> members = places.members();
            for (int i = 0; i < members.size(); i++) {
                String value = values.get(i);
                if (value != null) {
                    Named member = members.get(i);
                    ids.add(new PresentedId(member.binding(), member.name(), Uuid.canonical(value), "body"));
                }
            }
        }
        return ids;
    }

    /** Every occurrence counts, because servers differ over which of two they take. */
    private static void inQuery(String query, Map<String, Binding> names, List<PresentedId> ids) {
        for (String pair : SEPARATOR.split(query)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            Binding binding = names.get(name);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            if (binding != null && !value.isEmpty()) {
                ids.add(new PresentedId(binding, name, Uuid.canonical(decode(value)), "query"));
            }
        }
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        try {
            return java.net.URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
