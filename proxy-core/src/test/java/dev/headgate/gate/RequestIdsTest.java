package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestIdsTest {
    private static final String LEGAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~+/=:@-";

    @Test
    void everyOctetIsJudgedAsTheContractSays() {
        for (int octet = 0; octet < 256; octet++) {
            assertThat(isValid("a" + (char) octet)).as("octet %s", octet).isEqualTo(LEGAL.indexOf(octet) >= 0);
        }
    }

    @Test
    void oneToOneHundredAndTwentyEight() {
        assertThat(isValid("")).isFalse();
        assertThat(isValid("a")).isTrue();
        assertThat(isValid("a".repeat(128))).isTrue();
        assertThat(isValid("a".repeat(129))).isFalse();
    }

    @Test
    void escapedIsPrintableAndCut() {
        assertThat(RequestIds.escaped("a\r\n\t\u00ff\\\"{")).isEqualTo("a\\x0d\\x0a\\x09\\xff\\x5c\"{");
        assertThat(RequestIds.escaped("\0".repeat(500))).hasSize(128).matches("(\\\\x00)*");
        assertThat(RequestIds.escaped("\0".repeat(500) + "x")).hasSize(128);
    }

    private static boolean isValid(String id) {
        byte[] bytes = ("<" + id + ">").getBytes(StandardCharsets.ISO_8859_1);
        return RequestIds.isValid(bytes, 1, bytes.length - 1);
    }
}
