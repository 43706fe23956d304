package dev.headgate.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate chain and its private key, from PEM files (RFC 7468). Immutable.
 *
 * @param chain the server's own certificate first; at least one
 */
public record CertifiedKey(List<X509Certificate> chain, PrivateKey key) {
    private static final int LARGEST = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----\\s([^-]*)-----END \\1-----", Pattern.CASE_INSENSITIVE);
    private static final int DNS_NAME = 2;
    private static final byte[] SAMPLE = {1, 2, 3, 4};

    public CertifiedKey {
        chain = List.copyOf(chain);
    }

    /** A file that is not what it should be. The message says what it is, and what to do; it holds no part of a key. */
    @SuppressWarnings("serial")
    public static final class Unusable extends Exception {
        private final boolean ofKey;

        private Unusable(boolean ofKey, String message) {
            super(message, null, false, false);
            this.ofKey = ofKey;
        }

        /** Whether it is the file with the key that is to blame, else the one with the certificate. */
        public boolean isOfKey() {
            return ofKey;
        }

        @Override
        public String getMessage() {
            String message = super.getMessage();
            return message == null ? "" : message;
        }
    }

    /** Reads both files; one may hold both. Blocks. */
    public static CertifiedKey read(Path certificate, Path key) throws Unusable {
        List<X509Certificate> chain = certificates(certificate);
        PublicKey publicKey = chain.get(0).getPublicKey();
        PrivateKey privateKey = key(key, publicKey);
        if (!belong(privateKey, publicKey)) {
            throw new Unusable(true, "the key of another certificate (expected: the key that this certificate is for)");
        }
        return new CertifiedKey(chain, privateKey);
    }

    /** Reads the certificates of a PEM file, in its order; at least one. Blocks. */
    public static List<X509Certificate> certificates(Path file) throws Unusable {
        Matcher blocks = BLOCK.matcher(text(file, false));
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (blocks.find()) {
                if (blocks.group(1).endsWith("CERTIFICATE")) {
                    byte[] bytes = Base64.getMimeDecoder().decode(blocks.group(2));
                    certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
                }
            }
        } catch (CertificateException | IllegalArgumentException e) {
            throw new Unusable(
                    false,
                    "certificate " + (certificates.size() + 1)
                            + " in it cannot be read (expected: a PEM file: the certificate, then its chain)");
        }
        if (certificates.isEmpty()) {
            throw new Unusable(false, "no certificate in it (expected: a PEM file with -----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    private static PrivateKey key(Path file, PublicKey publicKey) throws Unusable {
        String text = text(file, true);
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            String label = blocks.group(1);
            if (label.equals("ENCRYPTED PRIVATE KEY") || blocks.group(2).contains("ENCRYPTED")) {
                throw new Unusable(
                        true,
                        "an encrypted key (expected: an unencrypted one that only Headgate's user may read; openssl"
                                + " pkey -in OLD -out NEW)");
            }
            if (label.equals("PRIVATE KEY")) {
                return pkcs8(blocks.group(2), publicKey);
            }
            if (label.endsWith(" PRIVATE KEY")) {
                throw new Unusable(
                        true,
                        "a key of the older form " + label + " (expected: PKCS #8; openssl pkey -in OLD -out NEW)");
            }
        }
        // OpenSSL's own form of encryption has header lines with dashes in them.
        throw new Unusable(
                true,
                text.contains("ENCRYPTED")
                        ? "an encrypted key (expected: an unencrypted one that only Headgate's user may read; openssl"
                                + " pkey -in OLD -out NEW)"
                        : "no private key in it (expected: a PEM file with -----BEGIN PRIVATE KEY-----)");
    }

    private static PrivateKey pkcs8(String base64, PublicKey publicKey) throws Unusable {
        String algorithm = publicKey.getAlgorithm();
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(base64);
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            // Its message may hold parts of the key.
            throw new Unusable(
                    true, "damaged, or not of the certificate's kind (expected: an " + algorithm + " key, PKCS #8)");
        } catch (GeneralSecurityException e) {
            throw new Unusable(false, "a certificate for a key of the kind " + algorithm + " (expected: RSA or EC)");
        }
    }

    private static boolean belong(PrivateKey privateKey, PublicKey publicKey) {
        String algorithm =
                switch (publicKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> publicKey.getAlgorithm();
                };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (InvalidKeyException e) {
            return false;
        } catch (GeneralSecurityException e) {
            // A signature of another length.
            return false;
        }
    }

    private static String text(Path file, boolean ofKey) throws Unusable {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new Unusable(ofKey, "larger than 1MiB (expected: a PEM file)");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new Unusable(ofKey, "cannot be read (expected: a readable PEM file)");
        }
    }

    /** The server's own certificate. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** The DNS names that it is for, in lower case, wildcards included; its addresses are not among them. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        try {
            Collection<List<?>> alternatives = certificate().getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (Integer.valueOf(DNS_NAME).equals(alternative.get(0))
                            && alternative.get(1) instanceof String name) {
                        names.add(name.toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateException e) {
            // Names that cannot be read are none.
        }
        return names;
    }
}
