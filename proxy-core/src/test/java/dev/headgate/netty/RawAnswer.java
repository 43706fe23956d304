package dev.headgate.netty;

import org.jspecify.annotations.Nullable;

/** A response as it came. */
record RawAnswer(String head, String body) {
    int status() {
        return Integer.parseInt(head.substring(9, 12));
    }

    /** {@code x-headgate-reason}. */
    @Nullable
    String reason() {
        return field(head, "x-headgate-reason");
    }

    @Nullable
    String field(String name) {
        return field(head, name);
    }

    /** The value of the only field of that name, or null. */
    static @Nullable String field(String head, String name) {
        String found = null;
        for (String line : head.split("\r\n")) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                if (found != null) {
                    throw new AssertionError("several " + name + " in " + head);
                }
                found = line.substring(name.length() + 1).strip();
            }
        }
        return found;
    }
}
