package dev.headgate.config;

import tools.jackson.databind.JsonNode;

/**
 * Where a value of the tree comes from and how an error may show it.
 *
 * @param key the place of its key, or of the value where it has no key
 * @param value the place of the value
 * @param shown what errors print: the text as it stands in the file, never what a variable or a file put in its place
 * @param literal whether the value is the text of the file itself
 * @param schema what the schema says about it; missing for an unknown key
 */
record Origin(Place key, Place value, String shown, boolean literal, JsonNode schema) {}
