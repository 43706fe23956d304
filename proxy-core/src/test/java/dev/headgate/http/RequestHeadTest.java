package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHeadTest {
    static RequestHead request(String text) throws BadHead {
        byte[] bytes = Samples.bytes(text);
        return new HeadParser(100).request(bytes, new HeadScanner().scan(bytes, bytes.length));
    }

    private static RequestHead target(String target) throws BadHead {
        return request("GET " + target + " HTTP/1.1\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a/b, /a/b",
        "/a/b/, /a/b/",
        "/%61%2e%62, /a.b",
        "/caf%c3%A9, /caf\u00e9",
        "/caf%E9, /caf\ufffd",
        "/a%3bb;c=d/e;f, /a;b/e",
        "/;a/b, /b",
        "/a///b//, /a/b/",
        "/.hidden, /.hidden",
        "/..., /...",
        "/a/..b/c.., /a/..b/c..",
        "/%252e%252e, /%2e%2e",
        "/a%3Fb%23?c, /a?b#",
        "http://h, /",
        "http://h?q, /",
        "http://h:80/a%62?q, /ab",
    })
    void readsThePathInOneWay(String target, String path) throws BadHead {
        assertThat(target(target).path()).isEqualTo(path);
    }

    @Test
    void takesAnOriginFormApart() throws BadHead {
        RequestHead head = target("/a%20b;c?d?e=/..");
        assertThat(head.rawPath()).isEqualTo("/a%20b;c");
        assertThat(head.query()).isEqualTo("d?e=/..");
        assertThat(head.isAbsoluteForm()).isFalse();
        assertThat(head.authority()).isNull();
        assertThat(target("/a").query()).isNull();
        assertThat(target("/a?").query()).isEmpty();
    }

    @Test
    void takesAnAbsoluteFormApart() throws BadHead {
        RequestHead head = target("HTTPS://u@h:80/a?b");
        assertThat(head.isAbsoluteForm()).isTrue();
        assertThat(head.authority()).isEqualTo("u@h:80");
        assertThat(head.rawPath()).isEqualTo("/a");
        assertThat(head.query()).isEqualTo("b");
        assertThat(target("http://h").rawPath()).isEmpty();
        assertThat(target("http://h?b").query()).isEqualTo("b");
    }

    @Test
    void takesAnAsteriskFormApart() throws BadHead {
        RequestHead head = request("OPTIONS * HTTP/1.1\r\n\r\n");
        assertThat(head.path()).isEqualTo("*");
        assertThat(head.isAbsoluteForm()).isFalse();
    }

    @Test
    void keepsMethodsAsSent() throws BadHead {
        for (String method : new String[] {"GET", "get", "POST", "PATCH", "PROPFIND", "Post"}) {
            assertThat(request(method + " / HTTP/1.0\r\n\r\n").method()).isEqualTo(method);
        }
    }

    @Test
    void findsFieldsInAnyCaseAndInOrder() throws BadHead {
        RequestHead head = request("GET / HTTP/1.1\r\nX-A:  1 \t\r\nx-b: \r\nX-a:2,3\r\n\r\n");
        FieldName a = FieldName.of("x-a");
        assertThat(head.fieldCount()).isEqualTo(3);
        assertThat(head.value(a)).isEqualTo("1");
        assertThat(head.find(a, 1)).isEqualTo(2);
        assertThat(head.find(a, 3)).isEqualTo(-1);
        assertThat(head.name(2)).isEqualTo("X-a");
        assertThat(head.value(FieldName.of("X-B"))).isEmpty();
        assertThat(head.value(FieldName.of("X-C"))).isNull();
        assertThat(head.has(FieldName.of("X-AA"))).isFalse();
        assertThat(head.listHas(a, "3")).isTrue();
        assertThat(head.listHas(a, "2,3")).isFalse();
    }

    @Test
    void tellsNoNamesApartThatHashAlike() throws BadHead {
        RequestHead head = request("GET / HTTP/1.1\r\nX^Y: 1\r\n\r\n");
        assertThat(head.has(FieldName.of("X~Y"))).isFalse();
        assertThat(head.has(FieldName.of("x^y"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "1.1, '', true",
        "1.0, '', false",
        "1.1, close, false",
        "1.1, 'TE, Close', false",
        "1.1, closed, true",
        "1.0, keep-alive, true",
        "1.0, 'Keep-Alive, close', false",
        "1.1, ', ,close,', false",
    })
    void persists(String version, String connection, boolean persists) throws BadHead {
        String field = connection.isEmpty() ? "" : "Connection: " + connection + "\r\n";
        assertThat(request("GET / HTTP/" + version + "\r\n" + field + "\r\n").isPersistent())
                .isEqualTo(persists);
    }

    @Test
    void looksAtEveryConnectionLine() throws BadHead {
        assertThat(request("GET / HTTP/1.1\r\nConnection: te\r\nConnection: close\r\n\r\n")
                        .isPersistent())
                .isFalse();
    }

    @Test
    void expectsContinueInHttp11Only() throws BadHead {
        assertThat(request("PUT / HTTP/1.1\r\nExpect: 100-Continue\r\n\r\n").expectsContinue())
                .isTrue();
        assertThat(request("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expectsContinue())
                .isFalse();
        assertThat(request("PUT / HTTP/1.1\r\nExpect: 200-ok\r\n\r\n").expectsContinue())
                .isFalse();
    }

    @Test
    void printsNoValue() throws BadHead {
        assertThat(request("GET /s3cr3t HTTP/1.1\r\nAuthorization: s3cr3t\r\n\r\n")
                        .toString())
                .isEqualTo("RequestHead[47 bytes, 1 fields]");
    }
}
