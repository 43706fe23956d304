package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the fields of a HEADERS frame, they are refused, or they are the head: no more, no less, no other ones. */
class StreamFieldsTest {
    private static final int LIMIT = 2000;

    private static final String[] NAMES = {
        ":method",
        ":scheme",
        ":path",
        ":authority",
        ":protocol",
        ":status",
        ":",
        "",
        "host",
        "cookie",
        "cookie",
        "a",
        "b",
        "A",
        "content-length",
        "te",
        "connection",
        "transfer-encoding",
        "upgrade",
        "authorization",
        "x-request-id",
        "a:b",
        "a b",
        "a\r\nb",
        "a\n",
        "\u00e9",
        "a\u0000"
    };
    private static final String[] VALUES = {
        "GET",
        "POST",
        "http",
        "https",
        "/",
        "/a?b=c",
        "*",
        "edge.test",
        "EDGE.test",
        "trailers",
        "",
        "0",
        "3",
        "02",
        "a=b",
        "c=d",
        " a",
        "a ",
        "a\tb",
        "a\r\nb: c",
        "a\nb: c",
        "a\r",
        "\u00e9",
        "\u0000",
        "/ HTTP/1.1\r\nHost: a",
        "GET / HTTP/1.1",
        "x".repeat(400)
    };

    private final Random random = new Random(9113);

    private record Field(String name, String value) {}

    @Test
    void whatIsAcceptedIsWhatWasGiven() {
        int accepted = 0;
        int trailers = 0;
        for (int i = 0; i < 30_000; i++) {
            List<Field> fields = random.nextInt(4) == 0 ? any() : nearlyRight();
            boolean ends = random.nextBoolean();
            try {
                RequestHead head = of(fields).request(new HeadParser(100), ends);
                check(fields, head, ends);
                accepted++;
            } catch (BadHead e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
            try {
                Trailers read = of(fields).trailers(new HeadParser(100));
                assertThat(lines(read)).isEqualTo(plain(fields));
                HeadInvariants.fields(read);
                trailers++;
            } catch (BadHead e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThat(accepted).as("heads that were accepted").isGreaterThan(1000);
        assertThat(trailers).as("trailer sections that were accepted").isGreaterThan(10);
    }

    private List<Field> any() {
        List<Field> fields = new ArrayList<>();
        for (int n = random.nextInt(8); n > 0; n--) {
            fields.add(new Field(random.nextInt(9) == 0 ? octets() : pick(NAMES), value()));
        }
        return fields;
    }

    private List<Field> nearlyRight() {
        List<Field> fields = new ArrayList<>(List.of(
                new Field(":method", random.nextInt(20) == 0 ? value() : "POST"),
                new Field(":scheme", random.nextInt(20) == 0 ? value() : "https"),
                new Field(":path", random.nextInt(4) == 0 ? "/" + value() : "/a"),
                new Field(":authority", random.nextInt(10) == 0 ? value() : "edge.test")));
        if (random.nextInt(10) == 0) {
            fields.remove(random.nextInt(4));
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            String name = NAMES[9 + random.nextInt(random.nextInt(4) == 0 ? NAMES.length - 9 : 4)];
            fields.add(new Field(name, value()));
        }
        return fields;
    }

    private String value() {
        return random.nextInt(6) == 0 ? octets() : pick(VALUES);
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }

    private String octets() {
        byte[] octets = new byte[random.nextInt(6)];
        random.nextBytes(octets);
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static StreamFields of(List<Field> fields) {
        StreamFields all = new StreamFields(LIMIT);
        for (Field field : fields) {
            byte[] name = ("#" + field.name + "#").getBytes(StandardCharsets.ISO_8859_1);
            byte[] value = ("#" + field.value + "#").getBytes(StandardCharsets.ISO_8859_1);
            all.add(name, 1, name.length - 1, value, 1, value.length - 1);
        }
        return all;
    }

    private static void check(List<Field> fields, RequestHead head, boolean ends) {
        HeadInvariants.check(head);
        assertThat(head.length()).isLessThanOrEqualTo(LIMIT + 100);
        String text = new String(head.bytes(), 0, head.length(), StandardCharsets.ISO_8859_1);
        String[] read = text.split("\r\n", -1);
        assertThat(read[0]).isEqualTo(one(fields, ":method") + " " + one(fields, ":path") + " HTTP/1.1");
        String authority = one(fields, ":authority");
        List<String> expected = new ArrayList<>();
        String host = authority == null ? one(fields, "host") : authority;
        if (host != null) {
            expected.add("host: " + host);
        }
        List<String> crumbs = new ArrayList<>();
        boolean length = false;
        for (Field field : fields) {
            if (field.name.equals("cookie")) {
                crumbs.add(field.value);
            } else if (!field.name.startsWith(":") && !field.name.equals("host")) {
                expected.add(field.name + ": " + field.value);
                length |= field.name.equals("content-length");
            }
        }
        if (!crumbs.isEmpty()) {
            expected.add("cookie: " + String.join("; ", crumbs));
        }
        if (!ends && !length) {
            expected.add("transfer-encoding: chunked");
        }
        expected.add("");
        expected.add("");
        assertThat(List.of(read).subList(1, read.length)).isEqualTo(expected);
    }

    private static String one(List<Field> fields, String name) {
        List<Field> found =
                fields.stream().filter(field -> field.name.equals(name)).toList();
        assertThat(found.size()).as(name).isLessThanOrEqualTo(1);
        return found.isEmpty() ? null : found.get(0).value;
    }

    private static List<String> plain(List<Field> fields) {
        return fields.stream().map(field -> field.name + ": " + field.value).toList();
    }

    private static List<String> lines(Head head) {
        String text = new String(head.bytes(), 0, head.length(), StandardCharsets.ISO_8859_1);
        List<String> lines = new ArrayList<>(List.of(text.split("\r\n", -1)));
        return lines.subList(0, lines.size() - 2);
    }
}
