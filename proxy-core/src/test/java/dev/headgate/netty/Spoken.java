package dev.headgate.netty;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;

/** What clients speak with the edge. */
enum Spoken {
    HTTP_1(false, false),
    HTTP_1_TLS(false, true),
    HTTP_2(true, false),
    HTTP_2_TLS(true, true);

    private static final char[] PASSWORD = "unguarded".toCharArray();

    /** Of the test class that runs. */
    static Spoken current = HTTP_1;

    private final boolean http2;
    private final boolean tls;

    Spoken(boolean http2, boolean tls) {
        this.http2 = http2;
        this.tls = tls;
    }

    boolean isHttp2() {
        return http2;
    }

    boolean isTls() {
        return tls;
    }

    /** The form in which a field of that name arrives. */
    String name(String sent) {
        return http2 ? sent.toLowerCase(Locale.ROOT) : sent;
    }

    /** What accepts such clients. */
    DownstreamInitializer accepting(DownstreamInitializer plain) {
        if (tls) {
            return plain.withTls(() -> Certificate.SERVER);
        }
        return plain.withPriorKnowledge(() -> http2);
    }

    WireClient connect(int port) throws IOException {
        return http2 ? new Http2Client(port, tls ? clientContext() : null) : new Http1Client(port, tls);
    }

    /** Made once, by the JDK's own tool. */
    private static final class Certificate {
        static final DownstreamTls SERVER = new DownstreamTls(make(), Map.of(), false, List.of("h2", "http/1.1"));

        private static SslContext make() {
            try {
                Path directory = Files.createTempDirectory("headgate-test");
                Path store = directory.resolve("edge.p12");
                Process keytool = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "edge",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=edge.example",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .inheritIO()
                        .start();
                if (keytool.waitFor() != 0) {
                    throw new IllegalStateException("keytool: exit code " + keytool.exitValue());
                }
                KeyStore keys = KeyStore.getInstance("PKCS12");
                try (InputStream in = Files.newInputStream(store)) {
                    keys.load(in, PASSWORD);
                }
                Files.delete(store);
                Files.delete(directory);
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(keys, PASSWORD);
                return SslContextBuilder.forServer(factory)
                        .sslProvider(SslProvider.JDK)
                        .applicationProtocolConfig(alpn("h2", "http/1.1"))
                        .build();
            } catch (IOException | GeneralSecurityException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static SslContext clientContext() throws IOException {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .applicationProtocolConfig(alpn("h2"))
                .build();
    }

    private static ApplicationProtocolConfig alpn(String... protocols) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, protocols);
    }
}
