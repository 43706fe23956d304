package dev.headgate.netty;

import dev.headgate.netty.Upstream.NoSocket;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why no connection to an upstream came to be, in a plain sentence without a cause's own message: that may tell addresses
 * that are not the client's business.
 */
final class ConnectFailure {
    private ConnectFailure() {}

    static String inWords(Throwable failure) {
        String found = Causes.innermost(failure, ConnectFailure::words);
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
        String certificate = Causes.ofCertificate(cause, "its certificate");
        if (certificate != null) {
            return certificate;
        }
        if (cause instanceof CertificateException) {
            // The JDK has no class of its own for a name that does not match.
            String message = String.valueOf(cause.getMessage());
            return message.startsWith("No subject alternative") || message.startsWith("No name matching")
                    ? "its certificate is not for the name in url"
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
}
