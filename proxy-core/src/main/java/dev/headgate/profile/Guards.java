package dev.headgate.profile;

import java.util.Map;
import java.util.Set;

/**
 * What a guarded endpoint demands.
 *
 * @param schemes the authentication schemes it takes, in lower case
 * @param ids which members of the JSON body, and which parameters of the query, are ids that a token is bound to
 * @param body whether its body must be a JSON object; else only one that says it is JSON is read
 */
public record Guards(Set<String> schemes, Map<String, Binding> ids, boolean body) {
    public Guards withoutBody() {
        return body ? new Guards(schemes, ids, false) : this;
    }
}
