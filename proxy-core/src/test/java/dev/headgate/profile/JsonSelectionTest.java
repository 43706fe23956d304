package dev.headgate.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In the tables, a single quote stands for JSON's double one, and SECRET for what no message may repeat. */
class JsonSelectionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", textBlock = """
            /a       | {'a':'x'}                            | x
            /a       | {'b':'y','a':'x','c':[{'a':'z'}]}    | x
            /a/b/c/d | {'a':{'b':{'c':{'d':'x'}}}}          | x
            /a/b     | {'a':{'c':{'b':'no'},'b':'x'}}       | x
            /a/1     | {'a':['no','x','no']}                | x
            /a/1/b   | {'a':[{'b':'no'},{'c':0,'b':'x'}]}   | x
            /a/0/1   | {'a':[['no','x'],'no']}              | x
            /a/2     | {'a':['no','no']}                    | null
            /a/01    | {'a':['no','no']}                    | null
            /a/-     | {'a':['no','no']}                    | null
            /a/1     | {'a':{'1':'x'}}                      | x
            /a/b     | {'a':'no'}                           | null
            /a/b     | {'a':null}                           | null
            /a/b     | {'a':17}                             | null
            /a/b     | {'a':['b']}                          | null
            /        | {'':'x'}                             | x
            //       | {'':{'':'x'}}                        | x
            /a~1b    | {'a/b':'x','a':{'b':'no'}}           | x
            /m~0n    | {'m~n':'x'}                          | x
            /~01     | {'~1':'x','/':'no'}                  | x
            /a b     | {'a b':'x'}                          | x
            /a       | {'A':'no'}                           | null
            /a       | {}                                   | null
            """)
    void followsPointers(String pointer, String text, @Nullable String value) throws Unreadable {
        assertThat(read(text, pointer)).as("%s in %s", pointer, text).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", textBlock = """
            'x'              | x
            ''               | null
            null             | null
            'null'           | null_
            true             | true
            false            | false
            0                | 0
            -17.50E+3        | -17.50E+3
            123456789012345678901234567890 | 123456789012345678901234567890
            []               | null
            ['a']            | a
            ['a','b c']      | a b c
            [1,true,'x']     | 1 true x
            '\\u0041\\n\\/'  | `A
            /`
            '\\ud83d\\ude00' | \ud83d\ude00
            '\u00e9\u20ac'   | \u00e9\u20ac
            """)
    void readsEveryKindOfValueAsText(String json, @Nullable String value) throws Unreadable {
        String expected = "null_".equals(value) ? "null" : value;
        assertThat(read("{'a':" + (json == null ? "null" : json) + "}", "/a"))
                .as(json)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'guestId':'SECRET','guestId':'SECRET'}",
                "{'guestId':'SECRET','guest\\u0049d':'SECRET'}",
                "{'\\u0067\\u0075\\u0065\\u0073\\u0074\\u0049\\u0064':1,'guestId':'SECRET'}",
                "{'guestId':null,'guestId':'SECRET'}",
                "{'guestId':'SECRET','guestId':''}",
                "{'a':{'b':'SECRET','b':'SECRET'}}",
                "{'a':{'b':'SECRET'},'a':{}}",
                "{'a':{'c':1},'a':{'b':'SECRET'}}",
                "{'a':1,'\\u0061':{'b':'SECRET'}}",
                "{'a':{'b':'SECRET'},'a':null}",
                "{'a':[],'a':{'b':'SECRET'}}",
                "{'list':[{'x':'SECRET','x':1}]}",
                "{'list':['SECRET'],'list':['SECRET']}",
            })
    void refusesWhatIsThereTwice(String text) {
        assertThatThrownBy(() -> JsonSelection.of(List.of("/guestId", "/a/b", "/list/0/x"))
                        .read(bytes(text), bytes(text).length))
                .as(text)
                .isInstanceOf(Unreadable.class)
                .hasMessageMatching("body: /[a-zA-Z0/]+ appears twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'b':1,'b':2,'a':'x'}",
                "{'b':{'a':1,'a':2},'a':'x'}",
                "{'a':'x','A':'y'}",
                "{'a':'x','a\\u0000':'y','\\u0000a':'z'}",
                "{'a':'x','b':[{'c':1},{'c':1}]}",
            })
    void duplicatesElsewhereAreFine(String text) throws Unreadable {
        assertThat(read(text, "/a")).as(text).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "['SECRET']",
                "'SECRET'",
                "17",
                "null",
                "true",
                "SECRET",
                "{",
                "{'a'",
                "{'a':",
                "{'a':'SECRET",
                "{'a':'SECRET'",
                "{'a':'SECRET',",
                "{'a':'SECRET',}",
                "{'a':['SECRET'",
                "{'a':['SECRET',",
                "{'b':['SECRET'",
                "{'l':['SECRET'",
                "{'l':[{'x':'SECRET'}",
                "{'a':12",
                "{'a':tru",
                "{'a':'SECRET'}}",
                "{'a':'SECRET'}{}",
                "{'a':'SECRET'} SECRET",
                "{'a':'SECRET'},",
                "{'a':'SECRET'}'",
                "{'a' 'SECRET'}",
                "{a:'SECRET'}",
                "{'a':SECRET}",
                "{'a':01}",
                "{'a':+1}",
                "{'a':.5}",
                "{'a':NaN}",
                "{'a':'\\x41'}",
                "{'a':'\\u00g1'}",
                "{'a':'SECRET\n'}",
                "{/* SECRET */'a':1}",
                "{'a':1}// SECRET",
                "{'a':{'SECRET':1}}",
                "{'a':{}}",
                "{'a':['SECRET',['SECRET']]}",
                "{'a':[[]]}",
                "{'a':[{'SECRET':1}]}",
            })
    void refusesWhatIsNotOneObjectWithText(String text) {
        assertThatThrownBy(() -> JsonSelection.of(List.of("/a", "/l/0/x")).read(bytes(text), bytes(text).length))
                .as(text)
                .isInstanceOf(Unreadable.class)
                .hasMessageStartingWith("body: ")
                .message()
                .doesNotContain("SECRET");
    }

    @Test
    void nestsSixtyFourDeep() throws Unreadable {
        for (String unwanted : List.of("b", "a")) {
            String key = "{'" + unwanted + "':";
            String pointer = unwanted.equals("b") ? "/c" : "/a".repeat(64);
            assertThat(read(key.repeat(64) + "'x'" + "}".repeat(64), pointer))
                    .as("64 objects, %s", pointer)
                    .isEqualTo(unwanted.equals("b") ? null : "x");
            assertThatThrownBy(() -> read(key.repeat(65) + "1" + "}".repeat(65), pointer))
                    .as("65 objects")
                    .isInstanceOf(Unreadable.class);
        }
        assertThat(read("{'b':" + "[".repeat(63) + "]".repeat(63) + ",'a':'x'}", "/a"))
                .isEqualTo("x");
        assertThatThrownBy(() -> read("{'b':" + "[".repeat(64) + "]".repeat(64) + ",'a':'x'}", "/a"))
                .isInstanceOf(Unreadable.class);
        assertThatThrownBy(() -> read("{'b':" + "[".repeat(30_000), "/a"))
                .as("30,000 arrays, none closed")
                .isInstanceOf(Unreadable.class);
    }

    @Test
    void readsNumbersAsTheyAreWrittenUntilTheyAreAbsurd() throws Unreadable {
        String digits = "9".repeat(1000);
        assertThat(read("{'a':" + digits + "}", "/a")).isEqualTo(digits);
        assertThat(read("{'a':1e999999999}", "/a")).isEqualTo("1e999999999");
        assertThatThrownBy(() -> read("{'a':" + digits + "9}", "/a")).isInstanceOf(Unreadable.class);
    }

    @Test
    void readsNoFurtherThanTheLength() throws Unreadable {
        byte[] text = bytes("{'a':'x'}{'a':'SECRET'}\0\ufffd");
        assertThat(JsonSelection.of(List.of("/a")).read(text, 9).get(0)).isEqualTo("x");
        for (int length = 0; length < 9; length++) {
            int shorter = length;
            assertThatThrownBy(() -> JsonSelection.of(List.of("/a")).read(text, shorter))
                    .as("%s of 9 octets", length)
                    .isInstanceOf(Unreadable.class);
        }
        byte[] before = text.clone();
        JsonSelection.of(List.of("/a")).read(text, 9);
        assertThat(text).as("the text is left as it was").isEqualTo(before);
    }

    @Test
    void answersByPlaceByPointerAndByFirstOfSeveral() throws Unreadable {
        JsonSelection selection = JsonSelection.of(List.of("/b", "/a", "/b", "/none"));
        assertThat(selection.pointers()).containsExactly("/b", "/a", "/none");
        byte[] text = bytes("{'a':'1','b':''}");
        JsonValues values = selection.read(text, text.length);
        assertThat(values.get(0)).isNull();
        assertThat(values.get(1)).isEqualTo("1");
        assertThat(values.get("/a")).isEqualTo("1");
        assertThat(values.first(List.of("/none", "/b", "/a"))).isEqualTo("1");
        assertThat(values.first(List.of("/none", "/b"))).isNull();
        assertThat(selection)
                .isEqualTo(JsonSelection.of(List.of("/b", "/a", "/none")))
                .isNotEqualTo(JsonSelection.of(List.of("/a", "/b", "/none")))
                .hasSameHashCodeAs(JsonSelection.of(List.of("/b", "/a", "/none")));
    }

    @Test
    void namesThePlaceAsItWasGiven() {
        assertThatThrownBy(() -> read("{'m~n/o':{'p':{}}}", "/m~0n~1o/p"))
                .hasMessageStartingWith("body: /m~0n~1o/p is an object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b", "/~", "/~2", "/a~", "/~~01", "/a/~x/b", "/~0~", "#/a"})
    void refusesWhatIsNoPointer(String pointer) {
        assertThatThrownBy(() -> JsonSelection.of(List.of(pointer)))
                .as(pointer)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(pointer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {"{'to':'x'} | x | null", "{'to':{'id':'y'}} | null | y", "{'to':[]} | null | null"})
    void aPlaceMayLieInsideAnotherOne(String text, @Nullable String outer, @Nullable String inner) throws Exception {
        byte[] bytes = bytes(text);
        JsonValues values = JsonSelection.of(List.of("/to", "/to/id")).read(bytes, bytes.length);
        assertThat(values.get("/to")).isEqualTo(outer);
        assertThat(values.get("/to/id")).isEqualTo(inner);
    }

    @Test
    void isSafeToShare() throws Exception {
        JsonSelection selection = JsonSelection.of(List.of("/a", "/b/0"));
        List<Thread> threads = Arrays.asList(new Thread[4]);
        int[] wrong = new int[threads.size()];
        for (int t = 0; t < threads.size(); t++) {
            int me = t;
            threads.set(t, new Thread(() -> {
                for (int i = 0; i < 2000; i++) {
                    byte[] text = bytes("{'k" + me + "-" + i + "':1,'a':'" + me + "-" + i + "','b':['" + i + "']}");
                    try {
                        JsonValues values = selection.read(text, text.length);
                        wrong[me] += (me + "-" + i).equals(values.get(0))
                                        && Integer.toString(i).equals(values.get(1))
                                ? 0
                                : 1;
                    } catch (Unreadable e) {
                        wrong[me]++;
                    }
                }
            }));
            threads.get(t).start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).containsOnly(0);
    }

    private static @Nullable String read(String text, String pointer) throws Unreadable {
        byte[] bytes = bytes(text);
        return JsonSelection.of(List.of(pointer)).read(bytes, bytes.length).get(pointer);
    }

    private static byte[] bytes(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
