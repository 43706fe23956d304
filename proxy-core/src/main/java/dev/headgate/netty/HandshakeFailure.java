package dev.headgate.netty;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a client's TLS handshake failed, in plain words. Nothing of a cause's own message is among them: it may hold what
 * the client has sent, which a terminal or a log should not see, and which may be a credential.
 */
final class HandshakeFailure {
    static final String CLOSED = "the connection was closed before the handshake was complete";

    /** Those of RFC 8446 section 6.2 and RFC 5246 section 7.2.2 that a client may send here. */
    private static final List<String> ALERTS = List.of(
            "certificate_unknown",
            "unknown_ca",
            "bad_certificate",
            "certificate_expired",
            "certificate_revoked",
            "unsupported_certificate",
            "protocol_version",
            "handshake_failure",
            "insufficient_security",
            "illegal_parameter",
            "decode_error",
            "decrypt_error",
            "bad_record_mac",
            "record_overflow",
            "unexpected_message",
            "unsupported_extension",
            "access_denied",
            "internal_error",
            "user_cancel",
            "close_notify");

    private HandshakeFailure() {}

    static String inWords(Throwable failure) {
        String found = Causes.innermost(failure, HandshakeFailure::words);
        return found == null ? "no cause that is known here" : found;
    }

    private static @Nullable String words(Throwable cause) {
        String certificate = Causes.ofCertificate(cause, "the client's certificate");
        if (certificate != null) {
            return certificate;
        }
        if (cause instanceof CertPathBuilderException) {
            return "the client's certificate is of an authority that clientCertificates.ca does not hold";
        }
        if (cause instanceof CertificateException) {
            return "the client's certificate is not trusted";
        }
        if (cause instanceof NotSslRecordException) {
            return "what the client sent is no TLS";
        }
        if (cause instanceof ClosedChannelException) {
            return CLOSED;
        }
        // The JDK has the second one, from 25 on, for an alert that came without encryption.
        if (cause instanceof SSLException || cause.getClass() == GeneralSecurityException.class) {
            return tls(
                    String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).replace(' ', '_'));
        }
        return cause instanceof IOException ? "the connection broke off" : null;
    }

    /** The libraries have no classes for these, only words of their own. */
    private static @Nullable String tls(String message) {
        if (message.contains("alert")) {
            for (String alert : ALERTS) {
                if (message.contains(alert)) {
                    boolean ours = alert.contains("certificate") || alert.equals("unknown_ca");
                    return "the client broke it off with the alert " + alert
                            + (ours ? ": it does not trust the certificate it was shown" : "");
                }
            }
            return "the client broke it off with an alert";
        }
        if (contains(message, "no_shared_cipher", "no_cipher_suites_in_common")) {
            return "the client offers no cipher suite that is used here";
        }
        if (contains(
                message,
                "unsupported_protocol",
                "not_enabled_or_supported",
                "not_accepted_by_server",
                "wrong_version",
                "no_appropriate_protocol")) {
            return "the client offers no version of TLS that is used here; see minimumVersion";
        }
        if (contains(message, "did_not_return_a_certificate", "empty_client_certificate")) {
            return "the client showed no certificate, and clientCertificates demands one";
        }
        // OpenSSL's clients have no keys for it yet where they distrust a certificate in TLS 1.3.
        if (contains(message, "bad_packet_length", "insufficient_buffer_remaining_for_aead")) {
            return "the client sent what is not encrypted: most likely an alert, because it does not trust the"
                    + " certificate it was shown";
        }
        return contains(message, "closed", "close_notify") ? CLOSED : "an error in the client's TLS";
    }

    private static boolean contains(String message, String... any) {
        for (String words : any) {
            if (message.contains(words)) {
                return true;
            }
        }
        return false;
    }
}
