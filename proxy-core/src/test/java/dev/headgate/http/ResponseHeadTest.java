package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.http.BadHead.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
    static ResponseHead response(String text) throws BadHead {
        byte[] bytes = Samples.bytes(text);
        return new HeadParser(100).response(bytes, new HeadScanner().scan(bytes, bytes.length));
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK, 200, 1",
        "'HTTP/1.1 200 ', 200, 1",
        "HTTP/1.1 200, 200, 1",
        "HTTP/1.0 599 \u00e9\tx, 599, 0",
        "HTTP/1.1 100 Continue, 100, 1",
    })
    void readsAStatusLine(String line, int status, int minor) throws BadHead {
        ResponseHead head = response(line + "\r\nX: y\r\n\r\n");
        HeadInvariants.fields(head);
        assertThat(head.status()).isEqualTo(status);
        assertThat(head.minorVersion()).isEqualTo(minor);
        assertThat(head.isInterim()).isEqualTo(status < 200);
        assertThat(head.value(FieldName.of("x"))).isEqualTo("y");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1",
                "HTTP/1.1 ",
                "HTTP/1.1 20",
                "HTTP/1.1 20x OK",
                "HTTP/1.1 2000 OK",
                "HTTP/1.1 099 OK",
                "HTTP/1.1 600 OK",
                "HTTP/1.1  200 OK",
                "HTTP/1.1\t200 OK",
                "HTTP/1.1 200\tOK",
                "HTTP/2.0 200 OK",
                "HTTP/1.11 200 OK",
                "http/1.1 200 OK",
                " HTTP/1.1 200 OK",
                "ICY 200 OK",
                "HTTP/1.1 200 a\0b",
            })
    void refusesAnyOther(String line) {
        assertThatThrownBy(() -> response(line + "\r\n\r\n"))
                .isInstanceOfSatisfying(
                        BadHead.class, e -> assertThat(e.fault()).isEqualTo(Fault.MALFORMED));
    }

    @Test
    void aFoldedFieldIsMalformedWhateverItsName() {
        assertThatThrownBy(() -> response("HTTP/1.1 200 OK\r\nAuthorization: a\r\n b\r\n\r\n"))
                .isInstanceOfSatisfying(
                        BadHead.class, e -> assertThat(e.fault()).isEqualTo(Fault.MALFORMED));
    }

    @Test
    void persistsAsRequestsDo() throws BadHead {
        assertThat(response("HTTP/1.1 200 OK\r\n\r\n").isPersistent()).isTrue();
        assertThat(response("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").isPersistent())
                .isFalse();
        assertThat(response("HTTP/1.0 200 OK\r\n\r\n").isPersistent()).isFalse();
    }
}
