package dev.headgate.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/** What holds for the index of every head that the parser lets through. */
final class HeadInvariants {
    private HeadInvariants() {}

    static void check(RequestHead head) {
        byte[] bytes = head.bytes();
        check(
                head.targetStart() == head.method().length() + 1
                        && head.targetStart() <= head.pathStart()
                        && head.pathStart() <= head.targetEnd(),
                "offsets of the request line are in order");
        check(head.path().startsWith("/") || head.path().equals("*"), "the path is absolute");
        check(
                text(bytes, head.pathStart(), head.targetEnd())
                        .equals(head.rawPath() + (head.query() == null ? "" : "?" + head.query())),
                "path and query make up the rest of the target");
        check((head.authority() == null) != head.isAbsoluteForm(), "only the absolute-form has an authority");
        String line = head.method() + " " + text(bytes, head.targetStart(), head.targetEnd()) + " HTTP/1."
                + head.minorVersion() + "\r\n";
        check(text(bytes, 0, head.fieldsStart()).equals(line), "the request line is made up of its parts");
        fields(head);
    }

    static void fields(Head head) {
        byte[] bytes = head.bytes();
        StringBuilder again = new StringBuilder(text(bytes, 0, head.fieldsStart()));
        int at = head.fieldsStart();
        for (int i = 0; i < head.fieldCount(); i++) {
            int nameStart = head.nameStart(i);
            int nameEnd = head.nameEnd(i);
            int valueStart = head.valueStart(i);
            int valueEnd = head.valueEnd(i);
            int lineEnd = head.lineEnd(i);
            check(nameStart == at, "field lines follow each other without a gap");
            check(
                    nameStart < nameEnd && nameEnd < valueStart && valueStart <= valueEnd && valueEnd <= lineEnd - 2,
                    "offsets of a field are in order");
            for (int j = nameStart; j < nameEnd; j++) {
                check(Octets.isToken(bytes[j]), "a name is a token");
            }
            for (int j = valueStart; j < valueEnd; j++) {
                check(Octets.isField(bytes[j]), "a value has no control octet");
            }
            check(
                    valueStart == valueEnd
                            || !Octets.isBlank(bytes[valueStart]) && !Octets.isBlank(bytes[valueEnd - 1]),
                    "a value has no blank around it");
            check(blank(bytes, nameEnd + 1, valueStart) && blank(bytes, valueEnd, lineEnd - 2), "only blanks are left");
            FieldName name = FieldName.of(head.name(i));
            check(head.is(i, name) && head.find(name) >= 0 && head.find(name) <= i, "a field is found by its name");
            again.append(head.name(i))
                    .append(':')
                    .append(text(bytes, nameEnd + 1, valueStart))
                    .append(head.value(i))
                    .append(text(bytes, valueEnd, lineEnd - 2))
                    .append("\r\n");
            at = lineEnd;
        }
        check(at == head.length() - 2, "the empty line follows the last field");
        again.append("\r\n");
        check(again.toString().equals(text(bytes, 0, head.length())), "the parts make up the head again");
    }

    private static boolean blank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Octets.isBlank(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, ISO_8859_1);
    }

    /** Cheaper than an assertion object where a fuzzer passes millions of times. */
    private static void check(boolean holds, String what) {
        if (!holds) {
            assertThat(holds).as(what).isTrue();
        }
    }
}
