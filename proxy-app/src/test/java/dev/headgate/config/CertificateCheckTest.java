package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of certificates and keys: errors where TLS cannot be spoken with them, else warnings. */
@NeedsTool("openssl")
class CertificateCheckTest {
    private static final String EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 ";

    @TempDir
    Path directory;

    private Certificates certificates;

    @BeforeEach
    void start() {
        certificates = Certificates.in(directory);
    }

    private Path config(String certificate, String key, String more) throws Exception {
        return Files.writeString(
                directory.resolve("c.yaml"),
                ConfigErrors.REQUIRED.replace(
                        "127.0.0.1:0",
                        "127.0.0.1:0\n    tls:\n      certificate: " + certificate + "\n      key: " + key + "\n"
                                + more));
    }

    private List<String> errors(String certificate, String key) throws Exception {
        return ConfigErrors.of(config(certificate, key, ""));
    }

    private List<String> warnings(String certificate, String key, String more) throws Exception {
        Path file = config(certificate, key, more);
        return ConfigLoader.loadWithWarnings(file, Map.of(), Set.of()).warnings().stream()
                .map(warning -> warning.toString().substring(file.toString().length() + 1))
                .toList();
    }

    @Test
    void aGoodOne() throws Exception {
        certificates.selfSigned("a", "DNS:a.example");
        assertThat(warnings("a.crt", "a.key", "")).isEmpty();
    }

    @Test
    void filesOfOnePair() throws Exception {
        certificates.selfSigned("a", "DNS:a.example");
        Files.writeString(
                directory.resolve("both.pem"),
                "subject=CN = a\n" + Files.readString(certificates.key("a"))
                        + Files.readString(certificates.certificate("a")));
        Files.setPosixFilePermissions(
                directory.resolve("both.pem"), Files.getPosixFilePermissions(certificates.key("a")));
        assertThat(warnings("both.pem", "both.pem", "")).isEmpty();
    }

    @Test
    void noPem() throws Exception {
        certificates.selfSigned("a", "DNS:a.example");
        Files.writeString(directory.resolve("x"), "nothing\n");
        assertThat(errors("x", "a.key"))
                .containsExactly("4:20: listeners[0].tls.certificate: \"x\": no certificate in it (expected: a PEM file"
                        + " with -----BEGIN CERTIFICATE-----)");
        assertThat(errors("a.crt", "x"))
                .containsExactly("5:12: listeners[0].tls.key: \"x\": no private key in it (expected: a PEM file with"
                        + " -----BEGIN PRIVATE KEY-----)");
        Files.writeString(directory.resolve("x"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThat(errors("x", "a.key"))
                .containsExactly("4:20: listeners[0].tls.certificate: \"x\": certificate 1 in it cannot be read"
                        + " (expected: a PEM file: the certificate, then its chain)");
    }

    @Test
    void besideErrorsBetweenValues() throws Exception {
        certificates.selfSigned("a", "DNS:a.example");
        Files.writeString(directory.resolve("x"), "nothing\n");
        Path file = config("x", "a.key", "");
        Files.writeString(file, Files.readString(file) + "\ncors: {origins: ['*'], credentials: true}\n");
        assertThat(ConfigErrors.of(file)).hasSize(2).anyMatch(error -> error.contains("no certificate in it"));
    }

    @Test
    void theKeyOfAnother() throws Exception {
        certificates.selfSigned("a", "DNS:a.example").selfSigned("b", "DNS:b.example");
        certificates.selfSigned("r", "-newkey rsa:2048 -days 90 -addext subjectAltName=DNS:r.example", true);
        assertThat(errors("a.crt", "b.key"))
                .containsExactly("5:12: listeners[0].tls.key: \"b.key\": the key of another certificate (expected: the"
                        + " key that this certificate is for)");
        assertThat(errors("a.crt", "r.key"))
                .containsExactly("5:12: listeners[0].tls.key: \"r.key\": damaged, or not of the certificate's kind"
                        + " (expected: an EC key, PKCS #8)");
    }

    @Test
    void keysOfOtherForms() throws Exception {
        certificates.selfSigned("r", "-newkey rsa:2048 -days 90 -addext subjectAltName=DNS:r.example", true);
        String from = " -in " + certificates.key("r") + " -out ";
        certificates.openssl("pkey -aes128 -passout pass:secret" + from + directory.resolve("encrypted.key"));
        certificates.openssl("rsa -traditional" + from + directory.resolve("old.key"));
        certificates.openssl(
                "rsa -traditional -aes128 -passout pass:secret" + from + directory.resolve("oldencrypted.key"));
        for (String encrypted : List.of("encrypted.key", "oldencrypted.key")) {
            assertThat(errors("r.crt", encrypted))
                    .containsExactly("5:12: listeners[0].tls.key: \"" + encrypted + "\": an encrypted key (expected: an"
                            + " unencrypted one that only Headgate's user may read; openssl pkey -in OLD -out NEW)");
        }
        assertThat(errors("r.crt", "old.key"))
                .containsExactly("5:12: listeners[0].tls.key: \"old.key\": a key of the older form RSA PRIVATE KEY"
                        + " (expected: PKCS #8; openssl pkey -in OLD -out NEW)");
    }

    @Test
    void theirTime() throws Exception {
        certificates.expired("past");
        assertThat(warnings("past.crt", "past.key", ""))
                .containsExactly("4:20: listeners[0].tls.certificate: \"past.crt\": expired at 2021-01-01T00:00:00Z"
                        + " (expected: a renewed one; peers refuse this one)");
        certificates.selfSigned("soon", EC + "-days 10 -addext subjectAltName=DNS:a", true);
        assertThat(warnings("soon.crt", "soon.key", ""))
                .singleElement()
                .asString()
                .matches("4:20: listeners\\[0]\\.tls\\.certificate: \"soon\\.crt\": expires at 20.*Z, in 9 days"
                        + " \\(expected: to be renewed by then\\)");
    }

    @Test
    void weakOnes() throws Exception {
        certificates.selfSigned("weak", "-newkey rsa:1024 -sha1 -days 90 -addext subjectAltName=DNS:a", true);
        assertThat(warnings("weak.crt", "weak.key", ""))
                .containsExactlyInAnyOrder(
                        "4:20: listeners[0].tls.certificate: \"weak.crt\": an RSA key of 1024 bits (expected: 2048 or"
                                + " more, or EC)",
                        "4:20: listeners[0].tls.certificate: \"weak.crt\": signed with SHA1withRSA (expected: SHA-256"
                                + " or better)");
    }

    @Test
    void namesAndWhoMayReadTheKey() throws Exception {
        certificates.selfSigned("nameless", EC + "-days 90", true);
        certificates.selfSigned("a", "DNS:a.example,DNS:*.example").selfSigned("b", "DNS:A.example");
        Files.setPosixFilePermissions(certificates.key("b"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(warnings("nameless.crt", "nameless.key", ""))
                .containsExactly(
                        "4:20: listeners[0].tls.certificate: \"nameless.crt\": no subjectAltName (expected: the"
                                + " names that clients ask for; they do not look at the subject)");
        assertThat(warnings("a.crt", "a.key", "      certificates:\n        - {certificate: b.crt, key: b.key}\n"))
                .containsExactly(
                        "7:25: listeners[0].tls.certificates[0].certificate: \"b.crt\": also for a.example, for which"
                                + " listeners[0].tls is used",
                        "7:37: listeners[0].tls.certificates[0].key: \"b.key\": readable by every user of this machine"
                                + " (expected: by Headgate's only; chmod o-r)");
    }

    @Test
    void ticketKeysThatStay() throws Exception {
        certificates.selfSigned("a", "DNS:a.example");
        assertThat(warnings("a.crt", "a.key", "      tickets: 2d\n"))
                .containsExactly(
                        "6:16: listeners[0].tls.tickets: 2d: more than a day (expected: less; who takes a key can"
                                + " read what its tickets have protected)");
    }

    @Test
    void aChainOutOfOrder() throws Exception {
        certificates.selfSigned("ca", "DNS:ca").selfSigned("other", "DNS:o").signed("leaf", "ca");
        Files.writeString(
                directory.resolve("chain.crt"),
                Files.readString(certificates.certificate("leaf"))
                        + Files.readString(certificates.certificate("other")));
        assertThat(warnings("chain.crt", "leaf.key", ""))
                .contains("4:20: listeners[0].tls.certificate: \"chain.crt\": certificate 2 in it did not issue the one"
                        + " before (expected: each is the issuer of the one before)");
    }

    @Test
    void allOfThemAreWatched() throws Exception {
        certificates
                .selfSigned("a", "DNS:a.example")
                .selfSigned("b", "DNS:b.example")
                .selfSigned("ca", "DNS:ca");
        Path file = config(
                "a.crt",
                "a.key",
                "      certificates:\n        - {certificate: b.crt, key: b.key}\n      clientCertificates: {ca: ca.crt}\n");
        assertThat(ConfigLoader.loadWithWarnings(file, Map.of(), Set.of()).files())
                .contains(
                        certificates.certificate("a"),
                        certificates.key("a"),
                        certificates.certificate("b"),
                        certificates.key("b"),
                        certificates.certificate("ca"));
    }
}
