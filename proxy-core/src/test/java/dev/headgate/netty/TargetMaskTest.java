package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetMaskTest {
    @ParameterizedTest
    @CsvSource({
        "/api/v2/guests/messages, /api/v2/guests/messages",
        "/a?, /a?",
        "/a?page=2&size=25, /a?page=2&size=25",
        "/a/0c1d2e3f-0000-4000-8000-000000000001?b=1, /a/0c1d2e3f-0000-4000-8000-000000000001?b=1",
        "/a/abcdefghijklmnopqrs1, /a/[masked]",
        "/a/abcdefghijklmnopqr1, /a/abcdefghijklmnopqr1",
        "/a/eyJh.b.c/d, /a/[masked]/d",
        "/a;x=abcdefghijklmnopqrs1/b, /a;x=[masked]/b",
        "/a;v=1;token=x/b=c/token=y?d, /a;v=1;token=[masked]/b=c/token=y?d",
        "/a?token=x, /a?token=[masked]",
        "/a?TOKEN=x&b=1, /a?TOKEN=[masked]&b=1",
        "/a?access-token=x, /a?access-token=[masked]",
        "/a?sessionToken[]=x, /a?sessionToken[]=[masked]",
        "/a?%74oken=x, /a?%74oken=[masked]",
        "/a?b=1;token=x;c=2, /a?b=1;token=[masked];c=2",
        "/a?token=x=y, /a?token=[masked]",
        "/a?token=, /a?token=",
        "/a?key=x&monkey=y, /a?key=[masked]&monkey=y",
        "/a?b=abcdefghijklmnopqrs1, /a?b=[masked]",
        "/a?abcdefghijklmnopqrs1, /a?[masked]",
        "/a?b=?token=x, /a?b=?token=x",
        "'*', '*'"
    })
    void masks(String target, String masked) {
        assertThat(TargetMask.of(target)).isEqualTo(masked);
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b/c, 1, /a/[masked]/c",
        "//a///b;x/c, 1, //a///[masked]/c",
        "/;x/a/;/b?c=/d, 1, /;x/a/;/[masked]?c=/d",
        "/%3ba/b, 0, /[masked]/b",
        "/a/b, 2, /a/b",
        "/a/b, -1, /a/b"
    })
    void masksASegmentAsThePathIsRead(String target, int segment, String masked) {
        assertThat(TargetMask.of(target, segment)).isEqualTo(masked);
    }
}
