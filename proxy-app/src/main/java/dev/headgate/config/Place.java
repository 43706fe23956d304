package dev.headgate.config;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Where something stands in the file; line and column from 1, both 0 for the file as a whole. */
record Place(int line, int column) {
    static final Place FILE = new Place(0, 0);
    static final Place START = new Place(1, 1);

    static Place of(Optional<Mark> mark) {
        return mark.map(m -> new Place(m.getLine() + 1, m.getColumn() + 1)).orElse(START);
    }

    /** The place behind the text, when it starts at the beginning of the file. */
    static Place after(CharSequence text) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '\r' && !(i + 1 < text.length() && text.charAt(i + 1) == '\n'))) {
                line++;
                column = 1;
            } else if (c != '\r' && !Character.isLowSurrogate(c)) {
                column++;
            }
        }
        return new Place(line, column);
    }
}
