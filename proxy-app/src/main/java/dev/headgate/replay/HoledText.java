package dev.headgate.replay;

import java.util.List;

/**
 * A text of a recording, and where in it old values stand. Immutable.
 *
 * @param holes in their order; none overlaps another
 */
record HoledText(String source, Encoding encoding, List<Hole> holes) {
    /** @param end behind its last character */
    record Hole(int start, int end, OldValue value) {}

    /** The text with what stands for the old values; everything else as it was. */
    String filled() {
        if (holes.isEmpty()) {
            return source;
        }
        StringBuilder text = new StringBuilder(source.length() + 64);
        int at = 0;
        for (Hole hole : holes) {
            text.append(source, at, hole.start).append(encoding.encode(hole.value.value()));
            at = hole.end;
        }
        return text.append(source, at, source.length()).toString();
    }
}
