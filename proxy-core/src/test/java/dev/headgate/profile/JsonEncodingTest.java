package dev.headgate.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One encoding, read in one way: whatever another reader might take for other text is refused. */
class JsonEncodingTest {
    private static final JsonSelection SELECTION = JsonSelection.of(List.of("/a"));

    /** Around the strides of eight octets, in a value that is wanted, in one that is not, and in a name. */
    private static final List<String> PLACES = List.of("{\"a\":\"%s\"}", "{\"b\":\"%s\",\"a\":\"\"}", "{\"%s\":1}");

    @ParameterizedTest
    @ValueSource(strings = {"\u007f", "\u0080", "\u07ff", "\u0800", "\uffff", "\ud800\udc00", "\udbff\udfff"})
    void takesEveryLengthOfASequenceAtEveryOffset(String c) throws Unreadable {
        for (int offset = 0; offset <= 24; offset++) {
            String value = "x".repeat(offset) + c + "y".repeat(offset % 5);
            byte[] text = ("{\"a\":\"" + value + "\"}").getBytes(StandardCharsets.UTF_8);
            assertThat(SELECTION.read(text, text.length).get(0))
                    .as("%s octets before it", offset)
                    .isEqualTo(value);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "80, a continuation alone",
        "bf, a continuation alone",
        "c3, a sequence of two cut",
        "e2 82, a sequence of three cut",
        "f0 9f 98, a sequence of four cut",
        "c0 80, an overlong NUL",
        "c1 81, an overlong A",
        "e0 80 af, an overlong slash",
        "f0 80 80 af, an overlong slash",
        "ed a0 80, a high surrogate (CESU-8)",
        "ed bf bf, a low surrogate (CESU-8)",
        "ed a0 bd ed b8 80, a pair of surrogates (CESU-8)",
        "f4 90 80 80, beyond Unicode",
        "f8 88 80 80 80, five octets",
        "fe, never in UTF-8",
        "ff, never in UTF-8",
        "e9, Latin-1",
        "00, NUL",
        "1f, a control octet",
    })
    void refusesOtherOctetsAtEveryOffset(String hex, String what) throws Exception {
        byte[] octets = octets(hex);
        for (String place : PLACES) {
            for (int offset = 0; offset <= 24; offset++) {
                byte[] text = with(place, offset, octets);
                assertThatThrownBy(() -> SELECTION.read(text, text.length))
                        .as("%s after %s octets in %s", what, offset, place)
                        .isInstanceOf(Unreadable.class);
            }
        }
    }

    @Test
    void refusesACutSequenceWhereTheTextEnds() {
        byte[] euro = "{\"a\":\"\u20ac".getBytes(StandardCharsets.UTF_8);
        for (int length = 6; length <= euro.length; length++) {
            int shorter = length;
            assertThatThrownBy(() -> SELECTION.read(euro, shorter)).isInstanceOf(Unreadable.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32BE", "UTF-32LE", "X-UTF-16LE-BOM"})
    void refusesOtherEncodings(String charset) {
        for (String json : List.of("{}", "{\"a\":\"x\"}", " {\"a\":\"x\"}", "{\"\u20ac\":1}", "\u20ac{\"a\":\"x\"}")) {
            byte[] text = json.getBytes(Charset.forName(charset));
            assertThatThrownBy(() -> SELECTION.read(text, text.length))
                    .as("%s in %s", json, charset)
                    .isInstanceOf(Unreadable.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ef bb bf", "fe ff", "ff fe", "00 00 fe ff", "ff fe 00 00", "ef bb", "00", "00 00 00"})
    void refusesMarksAndNulsBeforeTheObject(String hex) throws Exception {
        byte[] text = with("%s{\"a\":\"x\"}", 0, octets(hex));
        assertThatThrownBy(() -> SELECTION.read(text, text.length)).isInstanceOf(Unreadable.class);
    }

    @Test
    void refusesNulAtEveryPosition() {
        byte[] good = "{ \"a\" : \"xyz\", \"b\" : [ 1, true ] } ".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < good.length; i++) {
            byte[] text = good.clone();
            text[i] = 0;
            assertThatThrownBy(() -> SELECTION.read(text, text.length))
                    .as("NUL at %s", i)
                    .isInstanceOf(Unreadable.class);
        }
    }

    @Test
    void aMarkInsideAStringIsACharacter() throws Unreadable {
        byte[] text = "{\"a\":\"\ufeff\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(SELECTION.read(text, text.length).get(0)).isEqualTo("\ufeff");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\ud800",
                "\\udfff",
                "x\\ud83d",
                "\\ud83dx",
                "\\ud83d\\ud83d\\ude00",
                "\\ud83d\\ude00\\ude00",
                "\\ude00\\ud83d",
                "\\uD83D\\n\\uDE00"
            })
    void refusesHalfOfAPairByEscape(String value) {
        for (String wanted : List.of("\"%s\"", "[\"%s\"]", "[1,\"%s\"]")) {
            byte[] text = ("{\"a\":" + wanted.formatted(value) + "}").getBytes(StandardCharsets.US_ASCII);
            assertThatThrownBy(() -> SELECTION.read(text, text.length))
                    .as("%s in %s", value, wanted)
                    .isInstanceOf(Unreadable.class)
                    .hasMessage("body: /a has half of a surrogate pair");
        }
    }

    private static byte[] with(String place, int offset, byte[] octets) throws Exception {
        int at = place.indexOf("%s");
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write(place.substring(0, at).getBytes(StandardCharsets.US_ASCII));
        text.write("x".repeat(offset).getBytes(StandardCharsets.US_ASCII));
        text.write(octets);
        text.write(place.substring(at + 2).getBytes(StandardCharsets.US_ASCII));
        return text.toByteArray();
    }

    private static byte[] octets(String hex) {
        return java.util.HexFormat.ofDelimiter(" ").parseHex(hex);
    }
}
