package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeWarningsTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final List<String> lines = new ArrayList<>();
    private final HandshakeWarnings warnings = new HandshakeWarnings(clock::get, lines::add);

    @Test
    void aLineASecond() {
        AtomicInteger asked = new AtomicInteger();
        for (int i = 0; i < 5; i++) {
            warnings.failed("192.0.2." + i, () -> "reason " + asked.getAndIncrement());
        }
        assertThat(lines).containsExactly("TLS handshake with 192.0.2.0 failed: reason 0");
        clock.addAndGet(Duration.ofSeconds(1).toNanos() - 1);
        warnings.failed("192.0.2.5", () -> "not told");
        assertThat(lines).hasSize(1);
        clock.incrementAndGet();
        warnings.failed("2001:db8::1", () -> "late");
        warnings.failed("2001:db8::2", () -> "not told");
        clock.addAndGet(Duration.ofHours(1).toNanos());
        warnings.failed("2001:db8::3", () -> "later");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        warnings.failed("2001:db8::4", () -> "alone");
        assertThat(lines.subList(1, lines.size()))
                .containsExactly(
                        "TLS handshake with 2001:db8::1 failed: late; left out since the last such line: 5",
                        "TLS handshake with 2001:db8::3 failed: later; left out since the last such line: 1",
                        "TLS handshake with 2001:db8::4 failed: alone");
        assertThat(asked).as("words made for a line only").hasValue(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Received fatal alert: unknown_ca | the client broke it off with the alert unknown_ca: it does not trust"
                        + " the certificate it was shown",
                "error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA | the client broke it off with the"
                        + " alert unknown_ca: it does not trust the certificate it was shown",
                "error:10000412:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE | the client broke it off with"
                        + " the alert bad_certificate: it does not trust the certificate it was shown",
                "Received fatal alert: handshake_failure | the client broke it off with the alert handshake_failure",
                "Received fatal alert: \u001b[31m | the client broke it off with an alert",
                "no cipher suites in common | the client offers no cipher suite that is used here",
                "error:100000b8:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER | the client offers no cipher suite that"
                        + " is used here",
                "Client requested protocol TLSv1.1 is not enabled or supported in server context | the client offers no"
                        + " version of TLS that is used here; see minimumVersion",
                "error:100000f0:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL | the client offers no version of TLS"
                        + " that is used here; see minimumVersion",
                "Empty client certificate chain | the client showed no certificate, and clientCertificates demands one",
                "error:100000c0:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE | the client showed no"
                        + " certificate, and clientCertificates demands one",
                "Connection closed while SSL/TLS handshake was in progress | the connection was closed before the"
                        + " handshake was complete",
                "\u001b[31m | an error in the client's TLS"
            })
    void wordsForMessages(String message, String words) {
        assertThat(HandshakeFailure.inWords(new SSLHandshakeException(message))).isEqualTo(words);
    }

    @Test
    void theInnermostCauseCounts() {
        assertThat(words(new CertificateExpiredException("x"))).isEqualTo("the client's certificate has expired");
        assertThat(words(new CertPathBuilderException("x"))).contains("clientCertificates.ca does not hold");
        assertThat(words(new CertificateException("x"))).isEqualTo("the client's certificate is not trusted");
        assertThat(words(new ClosedChannelException())).isEqualTo(HandshakeFailure.CLOSED);
        assertThat(words(new NotSslRecordException("not an SSL/TLS record: 474554")))
                .isEqualTo("what the client sent is no TLS");
        assertThat(HandshakeFailure.inWords(new IOException("Connection reset by peer")))
                .isEqualTo("the connection broke off");
        assertThat(HandshakeFailure.inWords(new SSLException((String) null))).isEqualTo("an error in the client's TLS");
        assertThat(HandshakeFailure.inWords(new IllegalStateException("x"))).isEqualTo("no cause that is known here");
    }

    private static String words(Exception cause) {
        SSLException outer = new SSLHandshakeException("failed");
        outer.initCause(cause);
        return HandshakeFailure.inWords(outer);
    }
}
