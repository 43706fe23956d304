package dev.headgate.replay;

import dev.headgate.http.BadHead;
import dev.headgate.http.HeadParser;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a recorded Authorization field holds, in the reading that the gate has of it. */
final class Authorization {
    private static final HeadParser PARSER = new HeadParser(1);
    private static final KeyedHash HASH = new KeyedHash(0, 0);

    private Authorization() {}

    /** Whether it is a literal that a broken client, or a careful person, has put in the token's place. */
    static boolean isPlaceholder(String value) {
        String word = value.substring(value.lastIndexOf(' ') + 1);
        return !Placeholder.is(word) && kind(value) == Credential.Kind.PLACEHOLDER;
    }

    /** The token; null where there is none. */
    static @Nullable String token(String value) {
        return kind(value) == Credential.Kind.TOKEN ? value.substring(value.lastIndexOf(' ') + 1) : null;
    }

    private static Credential.Kind kind(String value) {
        byte[] head = ("GET / HTTP/1.1\r\nAuthorization: " + value + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        try {
            return Credential.of(PARSER.request(head, head.length), HASH).kind();
        } catch (BadHead e) {
            return Credential.Kind.SEVERAL_WORDS;
        }
    }
}
