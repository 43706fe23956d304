package dev.headgate.profile;

import java.util.List;

/**
 * What a create request should have because a later request needs it.
 *
 * @param body values of its JSON body, by JSON Pointer
 * @param fields names of header fields
 */
public record Needs(List<String> body, List<String> fields) {
    public static final Needs NOTHING = new Needs(List.of(), List.of());

    public Needs {
        body = List.copyOf(body);
        fields = List.copyOf(fields);
    }

    public boolean isEmpty() {
        return body.isEmpty() && fields.isEmpty();
    }
}
