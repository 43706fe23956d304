package dev.headgate.sandbox;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the API answers.
 *
 * @param fields further response fields
 * @param body null: none
 */
record Answer(
        int status, Map<String, String> fields, @Nullable JsonNode body) {
    static Answer of(int status, JsonNode body) {
        return new Answer(status, Map.of(), body);
    }

    static Answer empty(int status, Map<String, String> fields) {
        return new Answer(status, fields, null);
    }
}
