package dev.headgate.gate;

import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import dev.headgate.profile.JsonSelection;
import dev.headgate.profile.JsonValues;
import dev.headgate.profile.Needs;
import dev.headgate.profile.Unreadable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a create request lacks. */
final class CreateLint {
    private CreateLint() {}

    /**
     * @param body null where it is too long to read: then only the fields are looked at
     */
    static List<String> lacks(
            RequestHead head, Needs needs, @Nullable Organization organization, byte @Nullable [] body) {
        List<String> lacks = new ArrayList<>();
        if (body != null && !needs.body().isEmpty()) {
            inBody(needs, body, lacks);
        }
        for (String name : needs.fields()) {
            FieldName field = FieldName.of(name);
            boolean added = organization != null && organization.header().matches(name);
            if (!added && !head.has(field)) {
                lacks.add("the field " + name);
            }
        }
        return lacks;
    }

    private static void inBody(Needs needs, byte[] body, List<String> lacks) {
        try {
            JsonValues values = JsonSelection.of(needs.body()).read(body, body.length);
            for (String pointer : needs.body()) {
                if (values.get(pointer) == null) {
                    lacks.add(pointer.substring(1) + " in the body");
                }
            }
        } catch (Unreadable e) {
            lacks.add("a body that can be read (" + e.what() + ")");
        }
    }
}
