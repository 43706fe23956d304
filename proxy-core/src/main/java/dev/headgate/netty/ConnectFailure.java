package dev.headgate.netty;

import dev.headgate.netty.Upstream.NoSocket;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why no connection to an upstream came to be, in a plain sentence without a cause's own message: that may tell addresses
 * that are not the client's business.
 */
final class ConnectFailure {
    private static final int DEEPEST = 10;

    private ConnectFailure() {}

    static String inWords(Throwable failure) {
        String found = null;
        Throwable cause = failure;
        // The innermost one says most; a chain may be a ring.
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            String words = words(cause);
            found = words == null ? found : words;
            cause = cause.getCause();
        }
        return found == null ? "the connection failed" : found;
    }

    private static @Nullable String words(Throwable cause) {
        if (cause instanceof NoSocket) {
            return "no socket could be made here; see the limit on open files";
        }
        if (cause instanceof UnknownHostException) {
            return "its name does not resolve";
        }
        if (cause instanceof SslHandshakeTimeoutException) {
            return "the TLS handshake did not end within timeouts.upstreamConnect";
        }
        if (cause instanceof ConnectTimeoutException) {
            return "no connection within timeouts.upstreamConnect";
        }
        if (cause instanceof CertificateException e) {
            return certificate(e);
        }
        if (cause instanceof CertPathValidatorException e) {
            return e.getReason() == BasicReason.EXPIRED
                    ? "its certificate has expired"
                    : e.getReason() == BasicReason.NOT_YET_VALID
                            ? "its certificate is not valid yet"
                            : "its certificate is not trusted";
        }
        if (cause instanceof CertPathBuilderException) {
            return "its certificate is of an authority that is not trusted here; see tls.ca";
        }
        if (cause instanceof ClosedChannelException) {
            return "the connection ended in the TLS handshake";
        }
        if (cause instanceof SSLException) {
            return "the TLS handshake failed";
        }
        return cause instanceof ConnectException ? "connection refused, or no way there" : null;
    }

    private static String certificate(CertificateException cause) {
        if (cause instanceof CertificateExpiredException) {
            return "its certificate has expired";
        }
        if (cause instanceof CertificateNotYetValidException) {
            return "its certificate is not valid yet";
        }
        String message = String.valueOf(cause.getMessage());
        // The JDK has no class of its own for a name that does not match.
        return message.startsWith("No subject alternative") || message.startsWith("No name matching")
                ? "its certificate is not for the name in url"
                : "its certificate is not trusted";
    }
}
