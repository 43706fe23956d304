package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionsTest {
    @ParameterizedTest
    @CsvSource({
        "api.mypurecloud.com, mypurecloud.com",
        "mypurecloud.com, mypurecloud.com",
        "API.MyPureCloud.COM:443, mypurecloud.com",
        "webmessaging.usw2.pure.cloud, usw2.pure.cloud",
        "api.mypurecloud.com.au, mypurecloud.com.au",
        "a.b.mypurecloud.de, mypurecloud.de",
        "evilmypurecloud.com, ",
        "mypurecloud.com.evil.example, ",
        "pure.cloud, ",
        "api.pure.cloud, ",
        "'', ",
        ", ",
        "127.0.0.1:8080, ",
        "[::1]:8080, ",
    })
    void tellsTheDomainOfAHost(@Nullable String host, @Nullable String domain) {
        assertThat(Regions.of(host)).isEqualTo(domain);
    }
}
