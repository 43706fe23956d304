package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Cause;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.netty.WireClient.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers with tokens in them, and caches in their way. */
@EachProtocol
class CacheWireTest extends GuardedWireTest {
    private Answer created(String fields, String... asked) throws Exception {
        String body = GuestApi.identity(GuestApi.newGuest(), "");
        body = body.substring(body.indexOf("\r\n\r\n") + 4);
        String answer = GuestApi.answer(200, fields, body);
        edge.api.script = seen -> List.of(answer);
        Answer got = edge.ask(Ask.identity(asked));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(body);
        return got;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                       | no-store",
                "Cache-Control: private, max-age=60       | private, max-age=60 no-store",
                "Cache-Control: public                    | public no-store",
                "Cache-Control: no-store-x                | no-store-x no-store",
                "Cache-Control: no-store                  | no-store",
                "cache-control: private,  NO-STORE , x    | private,  NO-STORE , x",
                "Cache-Control: max-age=0\\r\\nCache-Control: no-store | max-age=0 no-store"
            })
    void anAnswerWithATokenIsNotStored(String fields, String expected) throws Exception {
        String lines = fields.isEmpty() ? "" : fields.replace("\\r\\n", "\r\n") + "\r\n";
        Answer answer = created(lines);
        edge.record();
        assertThat(String.join(" ", answer.values("Cache-Control"))).isEqualTo(expected);
    }

    @Test
    void otherAnswersAreStoredAsTheyAllow() throws Exception {
        Guest guest = edge.newGuest();
        edge.api.script = seen -> List.of(GuestApi.answer(200, "Cache-Control: max-age=60\r\n", "{}"));
        Answer message = edge.ask(Ask.message(guest.message(), guest.bearer(), "Via: 1.1 cdn"));
        edge.record();
        assertThat(message.values("Cache-Control")).containsExactly("max-age=60");
        assertThat(message.names()).doesNotContain("x-headgate-diagnosis");
        edge.api.script = seen -> List.of(GuestApi.answer(500, "Age: 1\r\n", "{}"));
        Answer failed = edge.ask(Ask.identity());
        edge.record();
        assertThat(failed.values("Cache-Control")).isEmpty();
        assertThat(failed.names()).doesNotContain("x-headgate-diagnosis");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Age: 0",
                "age: 120",
                "X-Cache: Hit from cloudfront",
                "x-cache: HIT",
                "X-Cache: MISS, HIT",
                "X-Cache: MISS\r\nX-Cache: HIT"
            })
    void aCacheThatAnswersIsWarnedOf(String field) throws Exception {
        Answer answer = created(field + "\r\n");
        ExchangeRecord record = edge.record();
        assertThat(answer.values("x-headgate-diagnosis")).containsExactly("cache.shared");
        assertThat(answer.names()).doesNotContain("proxy-status");
        assertThat(record.evidence().diagnosis().finding()).isEqualTo(Cause.CACHE_SHARED);
        assertThat(record.evidence().diagnosis().confidence()).isEqualTo(Confidence.CERTAIN);
        assertThat(record.reason()).isNull();
    }

    @Test
    void aCacheThatMayStandInFrontIsWarnedOf() throws Exception {
        Answer answer = created("X-Cache: Miss from cloudfront\r\n", "Via: 1.1 cdn");
        assertThat(answer.values("x-headgate-diagnosis")).containsExactly("cache.shared");
        assertThat(edge.record().evidence().diagnosis().confidence()).isEqualTo(Confidence.POSSIBLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X: y", "X-Cache: Miss from cloudfront", "X-Cache: RefreshMiss", "Via: 1.1 api", "X-Age: 3"})
    void othersAreNot(String field) throws Exception {
        Answer answer = created(field + "\r\n");
        assertThat(answer.names()).doesNotContain("x-headgate-diagnosis");
        assertThat(edge.record().evidence()).isNull();
    }
}
