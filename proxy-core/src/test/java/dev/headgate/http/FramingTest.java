package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.http.BadHead.Fault;
import dev.headgate.http.Framing.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramingTest {
    private static final String LONGEST = "999999999999999999";

    private static Framing framing(String fields) throws BadHead {
        return Framing.of(RequestHeadTest.request("POST / HTTP/1.1\r\n" + fields + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5\r\nX: y\r\ncontent-length: 5\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 5, 5\r\n",
                "Content-Length: 5,\r\n",
                "Content-Length: 5 5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 5.0\r\n",
                "Content-Length: 1e1\r\n",
                "Content-Length: five\r\n",
                "Content-Length: \r\n",
                "Content-Length:\r\n",
                "Content-Length: 9999999999999999999\r\n",
                "Content-Length: 0000000000000000005\r\n",
                "Content-Length: \u00b2\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 5\r\nTransfer-Encoding: identity\r\n",
                "Transfer-Encoding: chunked, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked, gzip\r\n",
                "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunkedx\r\n",
                "Transfer-Encoding: chunked;q=1\r\n",
                "Transfer-Encoding: ,chunked\r\n",
                "Transfer-Encoding: \"chunked\"\r\n",
                "Transfer-Encoding: chun\u00ebed\r\n",
                "Transfer-Encoding: chunked\u00a0\r\n",
                "Transfer-Encoding:\r\n",
            })
    void refusesWhatTwoReadersCouldFrameDifferently(String fields) {
        assertThatThrownBy(() -> framing(fields))
                .isInstanceOfSatisfying(
                        BadHead.class, e -> assertThat(e.fault()).isEqualTo(Fault.FRAMING));
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "005, 5", "' \t5 \t', 5", LONGEST + ", " + LONGEST, "000000000000000005, 5"})
    void readsALength(String value, long length) throws BadHead {
        assertThat(framing("Content-Length:" + value + "\r\n")).isEqualTo(new Framing(Kind.LENGTH, length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked", " chunked ", "\tChunked\t", "CHUNKED"})
    void readsChunked(String value) throws BadHead {
        assertThat(framing("Transfer-Encoding:" + value + "\r\n")).isEqualTo(Framing.CHUNKED);
    }

    @Test
    void aRequestWithoutEitherHasNoBody() throws BadHead {
        assertThat(framing("X: y\r\n")).isEqualTo(Framing.NONE);
        assertThat(framing("Content-Length: 0\r\n")).isEqualTo(Framing.NONE);
        assertThat(Framing.NONE.hasBody()).isFalse();
        assertThat(Framing.CHUNKED.hasBody()).isTrue();
    }

    @Test
    void http10KnowsNoTransferCodings() throws BadHead {
        assertThatThrownBy(() ->
                        Framing.of(RequestHeadTest.request("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")))
                .isInstanceOf(BadHead.class);
        assertThat(Framing.of(RequestHeadTest.request("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\n")))
                .isEqualTo(new Framing(Kind.LENGTH, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 200, '', UNTIL_CLOSE, 0",
        "GET, 200, Content-Length: 5, LENGTH, 5",
        "GET, 200, Content-Length: 0, NONE, 0",
        "GET, 200, Transfer-Encoding: chunked, CHUNKED, 0",
        "HEAD, 200, '', NONE, 0",
        "HEAD, 200, Content-Length: 5, NONE, 0",
        "HEAD, 200, Transfer-Encoding: chunked, NONE, 0",
        "head, 200, Content-Length: 5, LENGTH, 5",
        "GET, 204, '', NONE, 0",
        "GET, 205, '', UNTIL_CLOSE, 0",
        "GET, 304, Content-Length: 5, NONE, 0",
        "GET, 304, '', NONE, 0",
        "POST, 100, '', NONE, 0",
        "GET, 101, '', NONE, 0",
        "GET, 103, '', NONE, 0",
        "GET, 500, '', UNTIL_CLOSE, 0",
    })
    void framesResponses(String method, int status, String field, Kind kind, long length) throws BadHead {
        assertThat(Framing.of(response(status, field), method)).isEqualTo(new Framing(kind, length));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 200, Content-Length: 5x",
        "HEAD, 200, Content-Length: 5x",
        "GET, 304, 'Transfer-Encoding: chunked, chunked'",
        "GET, 204, Transfer-Encoding: gzip",
    })
    void refusesResponsesEvenWhereNoBodyCanFollow(String method, int status, String field) {
        assertThatThrownBy(() -> Framing.of(response(status, field), method)).isInstanceOf(BadHead.class);
    }

    private static ResponseHead response(int status, String field) throws BadHead {
        return ResponseHeadTest.response(
                "HTTP/1.1 " + status + " x\r\n" + (field.isEmpty() ? "" : field + "\r\n") + "\r\n");
    }
}
