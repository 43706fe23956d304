package dev.headgate.config;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code headgate.schema.json}: the one list of keys, defaults and ranges. Beside draft-07 it uses {@code x-minimum} and
 * {@code x-maximum} (durations and sizes) and formats that begin with {@code headgate-}; {@link Values} knows these.
 */
final class ConfigSchema {
    private static final String RESOURCE = "headgate.schema.json";
    static final JsonNode ROOT = read();
    // The validator logs a warning for each keyword that it was not told of.
    private static final Schema VALIDATOR = SchemaRegistry.withDialect(Dialect.builder(Dialects.getDraft7())
                    .keywords(List.of(new NonValidationKeyword("x-minimum"), new NonValidationKeyword("x-maximum")))
                    .build())
            .getSchema(ROOT);

    private ConfigSchema() {}

    private static JsonNode read() {
        try (InputStream in = ConfigSchema.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not in the jar");
            }
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Error> validate(JsonNode tree) {
        return VALIDATOR.validate(tree);
    }

    /** What the schema says of a key; missing when it does not know it. */
    static JsonNode property(JsonNode schema, String key) {
        JsonNode known = schema.path("properties").path(key);
        // A boolean additionalProperties has no keys of its own: path() of it is missing again.
        return known.isMissingNode() && isOpen(schema) ? schema.path("additionalProperties") : known;
    }

    /** The key whose value this key reads from a file: {@code id} for {@code idFile}; else the key itself. */
    static String target(JsonNode schema, String key) {
        if (!key.endsWith("File") || schema.path("properties").has(key)) {
            return key;
        }
        String target = key.substring(0, key.length() - "File".length());
        return type(schema.path("properties").path(target)).equals("string") ? target : key;
    }

    /** {@code object}, {@code array}, {@code string}, {@code integer}, {@code boolean}, or nothing for an unknown key. */
    static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? type.get(0).asString() : type.asString("");
    }

    /** Whether it is a mapping whose keys are the user's. */
    static boolean isOpen(JsonNode schema) {
        return schema.path("additionalProperties").isObject();
    }

    static List<String> keys(JsonNode schema) {
        return List.copyOf(schema.path("properties").propertyNames());
    }

    /** The allowed words of a choice; empty for everything else. */
    static List<String> choices(JsonNode schema) {
        List<String> words = new ArrayList<>();
        schema.path("anyOf").path(0).path("enum").forEach(word -> words.add(word.asString()));
        return words;
    }

    static String range(JsonNode schema) {
        return schema.has("x-minimum")
                ? schema.path("x-minimum").asString() + " to "
                        + schema.path("x-maximum").asString()
                : schema.path("minimum").asString() + " to "
                        + schema.path("maximum").asString();
    }
}
