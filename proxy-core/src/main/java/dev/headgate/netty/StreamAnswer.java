package dev.headgate.netty;

import dev.headgate.http.FieldName;
import dev.headgate.http.Head;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.Octets;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/** The form that a head or a trailer section of HTTP/1.1 has in HTTP/2 (RFC 9113 section 8). */
final class StreamAnswer {
    private static final FieldName[] OF_THE_CONNECTION = {
        FieldName.CONNECTION,
        FieldName.PROXY_CONNECTION,
        FieldName.KEEP_ALIVE,
        FieldName.TRANSFER_ENCODING,
        FieldName.UPGRADE
    };

    private StreamAnswer() {}

    /**
     * @param head one that the edge has put together: a status line and well-formed lines
     */
    static Http2Headers head(HeadWriter head) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        headers.status(new AsciiString(head.bytes(), 9, 3, true));
        lines(head.bytes(), nextLine(head.bytes(), 0), head.length(), headers);
        return headers;
    }

    static Http2Headers trailers(Head trailers) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        lines(trailers.bytes(), 0, trailers.length(), headers);
        return headers;
    }

    private static void lines(byte[] bytes, int from, int length, Http2Headers to) {
        int end = length - 2;
        int at = from;
        while (at < end) {
            int colon = at;
            while (bytes[colon] != ':') {
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
            if (!isOfTheConnection(bytes, at, colon)) {
                to.add(lowerCase(bytes, at, colon), new AsciiString(bytes, valueStart, valueEnd - valueStart, true));
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

    private static boolean isOfTheConnection(byte[] bytes, int from, int to) {
        for (FieldName name : OF_THE_CONNECTION) {
            if (name.matches(bytes, from, to)) {
                return true;
            }
        }
        return false;
    }

    private static AsciiString lowerCase(byte[] bytes, int from, int to) {
        byte[] name = new byte[to - from];
        for (int i = 0; i < name.length; i++) {
            name[i] = Octets.lower(bytes[from + i]);
        }
        return new AsciiString(name, false);
    }
}
