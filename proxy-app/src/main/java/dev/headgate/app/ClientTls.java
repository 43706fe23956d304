package dev.headgate.app;

import dev.headgate.app.Server.CannotStart;
import dev.headgate.config.Config.UpstreamTls;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS towards upstreams: 1.2 and 1.3, by BoringSSL where it loads, else by the JDK. */
final class ClientTls {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private ClientTls() {}

    /**
     * For one of them: the certificate must be the host's (RFC 9110 section 4.3.4), by one of the authorities
     * that are trusted.
     *
     * @param name the upstream's
     * @param files null for the JDK's authorities, and no certificate of one's own
     */
    static SslContext context(String name, @Nullable UpstreamTls files) throws CannotStart {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .protocols(PROTOCOLS)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_1_1))
                .endpointIdentificationAlgorithm("HTTPS");
        String at = "upstreams." + name + ".tls";
        try {
            if (files != null && files.ca() != null) {
                at = at + ".ca: " + files.ca() + " (expected: PEM certificates)";
                builder.trustManager(files.ca().toFile());
            }
            if (files != null && files.certificate() != null && files.key() != null) {
                at = "upstreams." + name + ".tls: " + files.certificate() + " and " + files.key()
                        + " (expected: a PEM certificate chain and its unencrypted PKCS #8 key)";
                builder.keyManager(files.certificate().toFile(), files.key().toFile());
            }
            if (files != null && !files.verify()) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new CannotStart(at, e);
        }
    }
}
