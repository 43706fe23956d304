package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as text and as networks; Netty reads and writes them too, and must agree. */
class IpAddressTest {
    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8::0:1, 2001:db8::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:0:3:4:5:6:7:8, 1:0:3:4:5:6:7:8",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::ffff:c000:201, 192.0.2.1",
        "64:ff9b::192.0.2.1, 64:ff9b::c000:201",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    })
    void isReadAndWritten(String text, String written) {
        assertThat(IpAddress.parse(text)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":",
                ":::",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.4 ",
                "1.2.3.0004",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "::1.2.3",
                ":1",
                "1:",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "fe80::1%eth0",
                "[::1]",
                "g::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "localhost"
            })
    void isNone(String text) {
        assertThat(IpAddress.parse(text)).isNull();
    }

    @Test
    void nettyWritesTheSame() throws UnknownHostException {
        Random random = new Random(1);
        byte[] octets = new byte[16];
        for (int i = 0; i < ROUNDS; i++) {
            for (int at = 0; at < 16; at += 2) {
                int group = random.nextInt(3) == 0 ? random.nextInt(0x10000) : 0;
                octets[at] = (byte) (group >> 8);
                octets[at + 1] = (byte) group;
            }
            InetAddress theirs = InetAddress.getByAddress(octets);
            IpAddress ours = IpAddress.of(theirs.getAddress());
            assertThat(ours).hasToString(NetUtil.toAddressString(theirs));
            assertThat(IpAddress.parse(ours.toString())).isEqualTo(ours);
        }
    }

    /** Netty takes octets with leading zeros, which some read as octal. */
    @Test
    void nettyReadsTheSame() {
        Random random = new Random(2);
        String alphabet = "0123456789abcF::::::..";
        for (int i = 0; i < ROUNDS; i++) {
            StringBuilder text = new StringBuilder("1:");
            int length = random.nextInt(24);
            for (int n = 0; n < length; n++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] octets = NetUtil.createByteArrayFromIpAddressString(text.toString());
            if (!text.toString().matches(".*[:.]0[0-9]+\\..*|.*\\.0[0-9]+")) {
                assertThat(IpAddress.parse(text.toString()))
                        .as("%s", text)
                        .isEqualTo(octets == null ? null : IpAddress.of(octets));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.0.0.1, true",
        "::ffff:10.0.0.0/104, 10.0.0.1, true",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 192.0.2.1, false",
        "::1/128, ::1, true",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "2001:db8:0:0:8000::/65, 2001:db8::8000:0:0:1, true",
        "2001:db8:0:0:8000::/65, 2001:db8::1, false",
    })
    void aRangeContains(String range, String address, boolean contained) {
        assertThat(AddressRange.parse(range).contains(IpAddress.parse(address))).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.1/8",
                "10.0.0.0/08",
                "10.0.0.0/+8",
                "::1/129",
                "::1/64",
                "a/8"
            })
    void isNoRange(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressRange.parse(text))
                .withMessageContaining("expected");
    }
}
