package dev.headgate.gate;

import dev.headgate.http.RequestHead;
import dev.headgate.profile.Binding;
import dev.headgate.profile.Guards;
import dev.headgate.profile.JsonMembers;
import dev.headgate.profile.JsonMembers.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the ids that a request names. */
final class PresentedIds {
    /** The semicolon was one too (HTML 4.01 appendix B.2.2), and still is to some servers. */
    private static final Pattern SEPARATOR = Pattern.compile("[&;]");

    private PresentedIds() {}

    static List<PresentedId> of(RequestHead head, Guards guards, byte[] body) throws Unreadable {
        List<PresentedId> ids = new ArrayList<>(4);
        String query = head.query();
        if (query != null) {
            inQuery(query, guards.ids(), ids);
        }
        if (body.length > 0 || guards.body()) {
            JsonMembers members =
                    JsonMembers.read(body, body.length, guards.ids().keySet());
            for (Map.Entry<String, Binding> id : guards.ids().entrySet()) {
                String value = members.get(id.getKey());
                if (value != null) {
                    ids.add(new PresentedId(id.getValue(), id.getKey(), value, "body"));
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
                ids.add(new PresentedId(binding, name, decode(value), "query"));
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
