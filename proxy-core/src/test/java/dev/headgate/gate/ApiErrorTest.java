package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A single quote stands for JSON's double one. */
class ApiErrorTest {
    private static final String ID = "0e8f4b7e-0000-4000-8000-00000000000A";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'code':'not.authorized','contextId':'%ID'}         | not.authorized | yes
            {'message':'x','code':'bad-request_2','status':400} | bad-request_2  | no
            {'code':'Not.Authorized','contextId':'SECRET'}      |                | no
            {'code':'not authorized','contextId':'%ID'}         |                | yes
            {'code':'1x'}                                       |                | no
            {'code':403,'contextId':'%IDx'}                     |                | no
            {'code':'a\\u000ab'}                                |                | no
            {'code':null,'contextId':null}                      |                | no
            {'error':{'code':'nested'}}                         |                | no
            {'code':'a','code':'a','contextId':'%ID'}           |                | no
            {'code':{},'contextId':'%ID'}                       |                | no
            {'contextId':'\\uff10e8f4b7e-0000-4000-8000-000000000000'} |         | no
            {'contextId':'0e8f4b7e-0000-4000-8000_000000000000'} |               | no
            []                                                  |                | no
            <html>                                              |                | no
            ``                                                  |                | no
            """)
    void readsOnlyWhatIsFitForALog(String body, @Nullable String code, String context) {
        byte[] bytes = body.replace('\'', '"').replace("%ID", ID).getBytes(StandardCharsets.UTF_8);
        assertThat(ApiError.of(bytes)).as(body).isEqualTo(new ApiError(code, context.equals("yes") ? ID : null));
    }

    @ParameterizedTest
    @CsvSource({"64, true", "65, false"})
    void aCodeIsShort(int length, boolean kept) {
        String code = "c".repeat(length);
        ApiError error = ApiError.of(("{\"code\":\"" + code + "\"}").getBytes(StandardCharsets.UTF_8));
        assertThat(error.is(code)).isEqualTo(kept);
        assertThat(error.is("other")).isFalse();
        assertThat(ApiError.NONE.is(code)).isFalse();
    }
}
