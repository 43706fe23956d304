package dev.headgate.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Connections' bytes, good and bad, to start mutations from. */
final class Samples {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String CHUNKED = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    static final List<String> ALL = List.of(
            GET,
            GET + GET,
            "\r\n" + GET,
            "GET /api/v2/guests/%C3%A9;v=1//x?q=%2F.. HTTP/1.1\r\nHost: a:80\r\n\r\n",
            "GET http://api.example.com/x?y HTTP/1.1\r\nHost: api.example.com\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS https://a HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + GET,
            "HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + GET,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + GET,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello" + GET,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999999\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
            CHUNKED + "5\r\nhello\r\n0\r\n\r\n" + GET,
            CHUNKED + "5;a=b;c=\"d\\\"e\";f\r\nhello\r\n00\r\n\r\n" + GET,
            CHUNKED + "A\r\n0123456789\r\n000b;x\r\n0123456789a\r\n0;last\r\nX-Sum: 1 \r\nX-Other:\r\n\r\n" + GET,
            CHUNKED + "5 \r\nhello\r\n0\r\n\r\n",
            CHUNKED + "5\nhello\n0\n\n",
            CHUNKED + "5\r\nhelloo\r\n0\r\n\r\n",
            CHUNKED + "fffffffffffffff\r\nhello",
            CHUNKED + "7fffffff\r\nhello",
            CHUNKED + "0\r\nContent-Length: 3\r\nTransfer-Encoding: x\r\nTrailer: y\r\n\r\n" + GET,
            "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: \tChunked \r\n\r\n0\r\n\r\n" + GET,
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nAuthorization: Bearer\r\n abc\r\n\r\n",
            "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n",
            "GET / HTTP/1.1\r\n X: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/1.1\r\n: a\r\n\r\n",
            "GET / HTTP/1.1\r\nX: \t a \t b \t \r\nY:\r\nZ: \u00e9\u00ff\r\n\r\n",
            "get /x HTTP/1.1\r\n\r\n",
            "M-SEARCH!#$%&'*+-.^_`|~ /x HTTP/1.1\r\n!#$%&'*+-.^_`|~09: v\r\n\r\n",
            "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n",
            "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
            "GET / HTTP/1.1\nX: a\n\n",
            "GET  / HTTP/1.1\r\n\r\n",
            "GET / HTTP/2.0\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n" + GET);

    private static final String[] MORSELS = {
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        " ",
        "\t",
        "\0",
        ":",
        ";",
        ",",
        "=",
        "\"",
        "\\",
        "0",
        "5",
        "f",
        "+",
        "-",
        "%",
        "%2e",
        "%2F",
        "..",
        "/",
        "//",
        "?",
        "#",
        "*",
        "\u00ff",
        "\u0085",
        "\u00a0",
        "\u000b",
        "\u000c",
        "\u007f",
        "\r\n ",
        "chunked",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Content-Length: 5\r\n",
        "Content-Length: 0\r\n",
        "Host: b\r\n",
        "Authorization: x\r\n",
        "HTTP/1.0",
        "HTTP/1.1",
        "http://",
        "0\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "Upgrade: x\r\n",
        "Connection: close\r\n",
        "Sec-WebSocket-Key1: a\r\n",
        "Expect: 100-continue\r\n",
        "fffffffff",
        "00000000000"
    };

    private Samples() {}

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static Stream<byte[]> stream() {
        return ALL.stream().map(Samples::bytes);
    }

    /** One of all with one to three changes. */
    static byte[] mutant(Random random) {
        StringBuilder text = new StringBuilder(any(random));
        for (int changes = 1 + random.nextInt(3); changes > 0 && text.length() > 0; changes--) {
            int at = random.nextInt(text.length());
            int to = Math.min(text.length(), at + 1 + random.nextInt(6));
            switch (random.nextInt(7)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.delete(at, to);
                case 2 -> text.insert(at, text.substring(at, to));
                case 3 -> text.setCharAt(at, (char) (text.charAt(at) ^ 0x20));
                case 4 -> {
                    String other = any(random);
                    text.setLength(at);
                    text.append(other, random.nextInt(other.length()), other.length());
                }
                case 5 -> {
                    int line = text.indexOf("\r\n", at);
                    text.insert(line < 0 ? at : line + 2, MORSELS[random.nextInt(MORSELS.length)]);
                }
                default -> text.insert(at, MORSELS[random.nextInt(MORSELS.length)]);
            }
        }
        return bytes(text.toString());
    }

    private static String any(Random random) {
        return ALL.get(random.nextInt(ALL.size()));
    }
}
