package dev.headgate.app;

import dev.headgate.app.Server.CannotStart;
import dev.headgate.config.CertifiedKey;
import dev.headgate.config.CertifiedKey.Unusable;
import dev.headgate.config.Config.CertificateFiles;
import dev.headgate.config.Config.ClientCertificates;
import dev.headgate.config.Config.Listener;
import dev.headgate.config.Config.Tls;
import dev.headgate.config.Config.TlsVersion;
import dev.headgate.config.Config.UnknownServerName;
import dev.headgate.netty.DownstreamTls;
import dev.headgate.observe.Metrics.CertificateEnd;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;

/** Makes the TLS of listeners: 1.2 and 1.3, with forward secrecy and authenticated encryption only. Blocks; not for event loops. */
final class ServerTls {
    /** TLS 1.3, then 1.2; AES-128 first, because most clients have it in hardware. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** @param ends when each of the certificates ends */
    record Secured(DownstreamTls tls, List<CertificateEnd> ends) {
        Secured {
            ends = List.copyOf(ends);
        }
    }

    private final SslProvider provider;
    private final TicketKeys tickets;

    ServerTls(SslProvider provider, TicketKeys tickets) {
        this.provider = provider;
        this.tickets = tickets;
    }

    /** BoringSSL where it loads, else the JDK's. */
    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    Secured of(Listener listener, Tls config) throws CannotStart {
        List<String> protocols = listener.speaksHttp2()
                ? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
                : List.of(ApplicationProtocolNames.HTTP_1_1);
        List<CertificateFiles> all = new ArrayList<>();
        all.add(config.standard());
        all.addAll(config.certificates());
        List<SslContext> contexts = new ArrayList<>();
        Map<String, SslContext> names = new HashMap<>();
        List<CertificateEnd> ends = new ArrayList<>();
        for (CertificateFiles files : all) {
            CertifiedKey key = read(files);
            SslContext context = context(files, key, config, protocols);
            contexts.add(context);
            key.names().forEach(name -> names.putIfAbsent(name, context));
            Instant end = key.certificate().getNotAfter().toInstant();
            ends.add(new CertificateEnd(
                    listener.address().toString(), files.certificate().toString(), end));
        }
        boolean refuse = config.unknownServerName() == UnknownServerName.REFUSE;
        return new Secured(new DownstreamTls(contexts.get(0), names, refuse, protocols), ends);
    }

    private static CertifiedKey read(CertificateFiles files) throws CannotStart {
        try {
            return CertifiedKey.read(files.certificate(), files.key());
        } catch (Unusable e) {
            throw new CannotStart((e.isOfKey() ? files.key() : files.certificate()) + ": " + e.getMessage(), e);
        }
    }

    private SslContext context(CertificateFiles files, CertifiedKey key, Tls config, List<String> protocols)
            throws CannotStart {
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(key.key(), key.chain())
                    .sslProvider(provider)
                    .protocols(
                            config.minimumVersion() == TlsVersion.TLSV1_3
                                    ? List.of("TLSv1.3")
                                    : List.of("TLSv1.3", "TLSv1.2"))
                    .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            protocols));
            String clients = "";
            ClientCertificates clientCertificates = config.clientCertificates();
            if (clientCertificates != null) {
                List<X509Certificate> authorities = authorities(clientCertificates);
                if (provider == SslProvider.JDK) {
                    builder.trustManager(authorities);
                } else {
                    builder.trustManager(ClientTrust.of(authorities));
                }
                builder.clientAuth(clientCertificates.require() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
                clients = clientCertificates.require() + " " + digest(authorities);
            }
            SslContext context = builder.build();
            return context instanceof OpenSslContext boringSsl
                    ? resumption(boringSsl, new TicketKeys.Scope(config.tickets(), clients))
                    : context;
        } catch (SSLException | GeneralSecurityException | IllegalArgumentException e) {
            throw new CannotStart(
                    files.certificate() + ": cannot be used for TLS (expected: an RSA certificate of 2048 bits or more,"
                            + " or an EC one)",
                    e);
        }
    }

    /** By tickets or not at all: what the server would have to remember does not outlive a reload. */
    private SslContext resumption(OpenSslContext context, TicketKeys.Scope scope) {
        context.sessionContext().setSessionCacheEnabled(false);
        if (scope.interval().isZero()) {
            return new TicketlessContext(context);
        }
        tickets.attach(context, scope);
        return context;
    }

    private static List<X509Certificate> authorities(ClientCertificates config) throws CannotStart {
        try {
            return CertifiedKey.certificates(config.ca());
        } catch (Unusable e) {
            throw new CannotStart(config.ca() + ": " + e.getMessage(), e);
        }
    }

    private static String digest(List<X509Certificate> certificates) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (X509Certificate certificate : certificates) {
            digest.update(certificate.getEncoded());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
