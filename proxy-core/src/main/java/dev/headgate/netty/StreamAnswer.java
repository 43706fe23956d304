package dev.headgate.netty;

import dev.headgate.http.Head;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.Octets;
import dev.headgate.http.StreamFields;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;

/** The form that a head or a trailer section of HTTP/1.1 has in HTTP/2 (RFC 9113 section 8). */
final class StreamAnswer {
    /** Behind "HTTP/1.1 ". */
    private static final int STATUS = 9;

    private static final int STATUS_LENGTH = 3;

    private StreamAnswer() {}

    /**
     * @param head one that the edge has put together: a status line and well-formed lines
     */
    static Http2Headers head(HeadWriter head) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        byte[] bytes = Arrays.copyOf(head.bytes(), head.length());
        headers.status(new AsciiString(bytes, STATUS, STATUS_LENGTH, false));
        lines(bytes, nextLine(bytes, 0), headers);
        return headers;
    }

    static Http2Headers trailers(Head trailers) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        lines(Arrays.copyOf(trailers.bytes(), trailers.length()), 0, headers);
        return headers;
    }

    /** The fields are parts of {@code bytes}, whose names become lower-case. */
    private static void lines(byte[] bytes, int from, Http2Headers to) {
        int end = bytes.length - 2;
        int at = from;
        while (at < end) {
            int colon = at;
            while (bytes[colon] != ':') {
                bytes[colon] = Octets.lower(bytes[colon]);
                colon++;
            }
            int next = nextLine(bytes, colon);
            int valueStart = colon + 1;
            int valueEnd = next - 2;
            while (valueStart < valueEnd && Octets.isBlank(bytes[valueStart])) {
                valueStart++;
            }
            while (valueEnd > valueStart && Octets.isBlank(bytes[valueEnd - 1])) {
                valueEnd--;
            }
            if (!StreamFields.isOfTheConnection(bytes, at, colon)) {
                to.add(
                        new AsciiString(bytes, at, colon - at, false),
                        new AsciiString(bytes, valueStart, valueEnd - valueStart, false));
            }
            at = next;
        }
    }

    private static int nextLine(byte[] bytes, int from) {
        int i = from;
        while (bytes[i] != '\n') {
            i++;
        }
        return i + 1;
    }
}
