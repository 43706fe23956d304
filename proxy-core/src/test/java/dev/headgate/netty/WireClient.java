package dev.headgate.netty;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client's connection: requests out, in the form of HTTP/1.1 whatever is spoken, and answers in. */
interface WireClient extends AutoCloseable {
    /**
     * @param head the status line and fields, each octet one character
     */
    record Answer(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        /** In lower case. */
        List<String> names() {
            return head.lines()
                    .skip(1)
                    .filter(line -> !line.isEmpty())
                    .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT))
                    .toList();
        }

        /** The first one's. */
        @Nullable
        String value(String name) {
            return values(name).stream().findFirst().orElse(null);
        }

        /** Of all such fields, in order. */
        List<String> values(String name) {
            return head.lines()
                    .skip(1)
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }
    }

    WireClient send(String octets) throws IOException;

    /** Each octet in a packet of its own, as far as the protocol and the network keep them apart. */
    WireClient sendSlowly(String octets) throws IOException;

    /** The next answer; an interim one is an answer too. */
    Answer read() throws IOException;

    /** Whether the peer has ended the connection, or the stream, rather than left it open. */
    boolean isEnded() throws IOException;

    @Override
    void close() throws IOException;
}
