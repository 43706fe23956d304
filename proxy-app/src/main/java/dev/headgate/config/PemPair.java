package dev.headgate.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two PEM files: a certificate and what should be its private key. */
final class PemPair {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] PROBE = "whose key is it".getBytes(StandardCharsets.US_ASCII);

    private PemPair() {}

    /** False only where both can be read and the key is another one's; what cannot be read is told when it is used. */
    static boolean mayMatch(Path certificate, Path key) {
        try {
            PublicKey open = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate)))
                    .getPublicKey();
            Matcher pem = KEY.matcher(Files.readString(key, StandardCharsets.US_ASCII));
            if (!pem.find()) {
                return true;
            }
            byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
            PrivateKey secret =
                    KeyFactory.getInstance(open.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
            Signature signature = Signature.getInstance(
                    switch (open.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> open.getAlgorithm();
                    });
            signature.initSign(secret);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (InvalidKeySpecException e) {
            // A key of another algorithm.
            return false;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            return true;
        }
    }
}
