package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.http.BadHead.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkParserTest {
    private static final String HEAD = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String NEXT = "GET /next HTTP/1.1\r\n\r\n";
    private static final String END = "\r\n0\r\n\r\n";

    private static Connection.Result read(String body) {
        return Connection.read(Samples.bytes(HEAD + body));
    }

    private static void assertBody(String chunked, String body) {
        Connection.Result result = read(chunked + NEXT);
        assertThat(result.fault()).isNull();
        assertThat(result.messages()).hasSize(2).allMatch(Message::complete);
        assertThat(result.messages().get(0).body()).isEqualTo(body);
        assertThat(result.messages().get(1).target()).isEqualTo("/next");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5",
                "05",
                "000000000000005",
                "5;a",
                "5;a=b",
                "5;a=\"b\"",
                "5;a=\"\"",
                "5;a=\"\\\"\\\\\"",
                "5;a=\";=\t\";b;c=d",
                "5;a=\"\u00e9\""
            })
    void readsASize(String size) {
        assertBody(size + "\r\nhello" + END, "hello");
    }

    @Test
    void readsHexadecimalInEitherCase() {
        assertBody("A\r\n0123456789\r\nb\r\n0123456789a" + END, "01234567890123456789a");
    }

    @Test
    void takesDataForDataWhateverItSays() {
        assertBody("7\r\n0\r\n\r\n\0\n" + END, "0\r\n\r\n\0\n");
    }

    @Test
    void readsAnyFormOfTheLastChunk() {
        assertBody("0\r\n\r\n", "");
        assertBody("000\r\n\r\n", "");
        assertBody("0;a=b\r\n\r\n", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                ";a\r\n",
                "g\r\n",
                "0x5\r\n",
                "+5\r\n",
                "-5\r\n",
                " 5\r\n",
                "5 \r\n",
                "5\t\r\n",
                "5\n",
                "5\rX",
                "5 ;a\r\n",
                "5; a\r\n",
                "5;\r\n",
                "5;;a\r\n",
                "5;=b\r\n",
                "5;a=\r\n",
                "5;a=;b\r\n",
                "5;a =b\r\n",
                "5;a= b\r\n",
                "5;a=b c\r\n",
                "5;a=b\n",
                "5;a=b\r\r\n",
                "5;a=\"b\n\"\r\n",
                "5;a=\"b\r\n\"\r\n",
                "5;a=\"\\\r\"\r\n",
                "5;a=\"\0\"\r\n",
                "5;a=\"b\"c\r\n",
                "5;a=\"b\" ;c\r\n",
                "5;a=b\"c\"\r\n",
                "0000000000000000\r\n",
                "1000000000000000\r\n",
                "5,5\r\n",
                "5\u00b5\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello\rX",
                "5\r\nhelloo\r\n",
                "5\r\nhello\r\n\r\n",
                "0\r\n: x\r\n\r\n",
                "0\r\nX : y\r\n\r\n",
                "0\r\nX: y\r\n z\r\n\r\n",
                "0\r\n X: y\r\n\r\n",
                "0\r\nX: y\n\r\n",
                "0\r\nGET / HTTP/1.1\r\n\r\n",
                "0\r\n\n",
            })
    void refusesWhatIsNotStrictlyChunked(String body) {
        assertThat(read(body).fault()).isEqualTo(Fault.FRAMING);
    }

    @Test
    void limitsAnExtension() {
        assertBody("1;" + "a".repeat(255) + "\r\nx" + END, "x");
        assertThat(read("1;" + "a".repeat(256) + "\r\n").fault()).isEqualTo(Fault.FRAMING);
        String size = "1;" + "a".repeat(200) + "\r\nx\r\n";
        assertBody(size + size + "0\r\n\r\n", "xx");
    }

    @Test
    void limitsASizeWithoutOverflow() {
        Connection.Result result = read("fffffffffffffff\r\nhello");
        assertThat(result.fault()).isNull();
        assertThat(result.largestChunk()).isEqualTo(0xfffffffffffffffL);
    }

    @Test
    void readsTrailers() {
        Connection.Result result = read("1\r\nx\r\n0\r\nX-Sum:  1 \r\nX-Other:\r\n\r\n" + NEXT);
        assertThat(result.messages().get(0).trailers()).containsExactly("X-Sum: 1", "X-Other: ");
        assertThat(result.messages()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"1017, true", "1018, false"})
    void limitsTrailers(int value, boolean accepted) {
        Connection.Result result = read("0\r\nX: " + "v".repeat(value) + "\r\n\r\n");
        assertThat(result.fault()).isEqualTo(accepted ? null : Fault.TRAILER);
    }

    @Test
    void skipsNoMoreThanRemains() throws BadHead {
        ChunkParser chunks = new ChunkParser(new HeadParser(1), 100);
        for (byte b : Samples.bytes("5\r\n")) {
            chunks.feed(b);
        }
        assertThat(chunks.remaining()).isEqualTo(5);
        assertThatThrownBy(() -> chunks.skip(6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> chunks.feed((byte) 'x')).isInstanceOf(IllegalStateException.class);
        assertThat(chunks.skip(3)).isEqualTo(ChunkParser.Next.DATA);
        assertThat(chunks.skip(2)).isEqualTo(ChunkParser.Next.FEED);
        assertThatThrownBy(() -> chunks.skip(0)).isInstanceOf(IllegalStateException.class);
    }
}
