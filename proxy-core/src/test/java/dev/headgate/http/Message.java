package dev.headgate.http;

import java.util.List;

/**
 * One message as a reader understood it; octets are characters.
 *
 * @param fields as {@code name: value}, in order, values without the blanks around them
 * @param body as far as it came
 * @param complete whether its end was seen
 */
record Message(
        String method,
        String target,
        int minor,
        List<String> fields,
        String body,
        List<String> trailers,
        boolean complete) {}
