package dev.headgate.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When an exchange is replayed, and whether. */
class PaceTest {
    @Test
    void isRecordedOrEvenOrNone() {
        assertThat(Pace.recorded(1).dueNanos(7, 2_000)).isEqualTo(2_000_000);
        assertThat(Pace.recorded(10).dueNanos(7, 2_000)).isEqualTo(200_000);
        assertThat(Pace.recorded(1).dueNanos(7, -5)).isZero();
        assertThat(Pace.rate(500).dueNanos(7, 2_000)).isEqualTo(14_000_000);
        assertThat(Pace.FAST.dueNanos(7, 2_000)).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            path=/api/*       |                | true
            path=/api         |                | false
            path=*messages    | method=get     | true
            path=*messages    | method=POST    | false
            status=4xx        |                | true
            status=404        |                | false
            status=403        | path=/b*       | true
            method=PUT        |                | false
                              | status=403     | false
            """)
    void filters(String include, String exclude, boolean wanted) {
        RecordedExchange exchange = new RecordedExchange(
                "a:1",
                0,
                0,
                null,
                null,
                null,
                new RecordedRequest("POST", "/api/messages?path=/x", List.of(), RecordedBody.NONE),
                new RecordedResponse(403, List.of(), RecordedBody.NONE),
                false);

        Filter filter = Filter.of(
                include == null ? List.of() : List.of(include, "path=/never"),
                exclude == null ? List.of() : List.of(exclude));

        assertThat(filter.wants(exchange)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({"x", "path", "status=9xx", "status=4", "size=3"})
    void namesWhatIsNoFilter(String text) {
        assertThatThrownBy(() -> Filter.of(List.of(), List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--exclude: " + text + " (expected: path=GLOB");
    }
}
