package dev.headgate.app;

import dev.headgate.app.Server.CannotStart;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLException;

/** TLS 1.2 and 1.3, by BoringSSL where it loads, else by the JDK. */
final class TlsContexts {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private TlsContexts() {}

    /** For connections upstream: the JDK's trusted authorities, and the certificate must be the host's (RFC 9110 section 4.3.4). */
    static SslContext client() throws CannotStart {
        try {
            return SslContextBuilder.forClient()
                    .protocols(PROTOCOLS)
                    .endpointIdentificationAlgorithm("HTTPS")
                    .build();
        } catch (SSLException e) {
            throw new CannotStart("upstream TLS: " + e.getMessage(), e);
        }
    }
}
