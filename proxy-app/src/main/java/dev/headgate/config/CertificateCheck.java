package dev.headgate.config;

import dev.headgate.config.CertifiedKey.Unusable;
import dev.headgate.config.Config.CertificateFiles;
import dev.headgate.config.Config.Tls;
import dev.headgate.config.Config.UpstreamTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Errors for certificates and keys that cannot be served, and warnings of those that peers will not like. */
final class CertificateCheck {
    private static final Duration SOON = Duration.ofDays(30);
    private static final Duration LONGEST_TICKETS = Duration.ofDays(1);
    private static final int SHORTEST_RSA = 2048;

    private final Tree tree;
    private final Instant now;
    private final Problems problems;
    private final Problems warnings;

    CertificateCheck(Tree tree, Instant now, Problems problems, Problems warnings) {
        this.tree = tree;
        this.now = now;
        this.problems = problems;
        this.warnings = warnings;
    }

    void run(Config config) {
        for (int i = 0; i < config.listeners().size(); i++) {
            Tls tls = config.listeners().get(i).tls();
            if (tls != null) {
                listener(tls, KeyPath.key(KeyPath.index("listeners", i), "tls"));
            }
        }
        config.upstreams().forEach((name, upstream) -> {
            if (upstream.tls() != null) {
                upstream(upstream.tls(), KeyPath.key(KeyPath.key("upstreams", name), "tls"));
            }
        });
    }

    private void upstream(UpstreamTls tls, String path) {
        if (tls.ca() != null) {
            authorities(tls.ca(), KeyPath.key(path, "ca"));
        }
        if (tls.certificate() != null && tls.key() != null) {
            usable(tls.certificate(), tls.key(), path);
        }
    }

    private void listener(Tls tls, String path) {
        Map<String, String> owners = new HashMap<>();
        certificate(tls.standard(), path, owners);
        for (int i = 0; i < tls.certificates().size(); i++) {
            String at = KeyPath.index(KeyPath.key(path, "certificates"), i);
            certificate(tls.certificates().get(i), at, owners);
        }
        if (tls.tickets().compareTo(LONGEST_TICKETS) > 0) {
            warn(
                    KeyPath.key(path, "tickets"),
                    "more than a day (expected: less; who takes a key can read what its tickets have protected)");
        }
        if (tls.clientCertificates() != null) {
            authorities(tls.clientCertificates().ca(), KeyPath.key(KeyPath.key(path, "clientCertificates"), "ca"));
        }
    }

    private void authorities(Path file, String at) {
        try {
            for (X509Certificate authority : CertifiedKey.certificates(file)) {
                validity(authority, at);
            }
        } catch (Unusable e) {
            error(at, e.getMessage());
        }
    }

    private void certificate(CertificateFiles files, String path, Map<String, String> owners) {
        CertifiedKey key = usable(files.certificate(), files.key(), path);
        if (key == null) {
            return;
        }
        String at = KeyPath.key(path, "certificate");
        if (!hasAlternativeName(key.certificate())) {
            warn(at, "no subjectAltName (expected: the names that clients ask for; they do not look at the subject)");
        }
        for (String name : key.names()) {
            String owner = owners.putIfAbsent(name, path);
            if (owner != null) {
                warn(at, "also for " + name + ", for which " + owner + " is used");
            }
        }
    }

    /** What stands in both files; null where that is an error. */
    private @Nullable CertifiedKey usable(Path certificate, Path secret, String path) {
        String at = KeyPath.key(path, "certificate");
        String keyAt = KeyPath.key(path, "key");
        CertifiedKey key;
        try {
            key = CertifiedKey.read(certificate, secret);
        } catch (Unusable e) {
            error(e.isOfKey() ? keyAt : at, e.getMessage());
            return null;
        }
        validity(key.certificate(), at);
        strength(key.chain(), at);
        order(key.chain(), at);
        if (isReadableByAll(secret)) {
            warn(keyAt, "readable by every user of this machine (expected: by Headgate's only; chmod o-r)");
        }
        return key;
    }

    private void validity(X509Certificate certificate, String at) {
        Instant end = certificate.getNotAfter().toInstant();
        Instant start = certificate.getNotBefore().toInstant();
        if (now.isAfter(end)) {
            warn(at, "expired at " + end + " (expected: a renewed one; peers refuse this one)");
        } else if (now.isBefore(start)) {
            warn(at, "not valid before " + start + " (expected: one that is valid; peers refuse this one)");
        } else if (now.plus(SOON).isAfter(end)) {
            long days = Duration.between(now, end).toDays();
            warn(
                    at,
                    "expires at " + end + ", in " + days + (days == 1 ? " day" : " days")
                            + " (expected: to be renewed by then)");
        }
    }

    private void strength(List<X509Certificate> chain, String at) {
        for (X509Certificate certificate : chain) {
            String which = certificate.equals(chain.get(0)) ? "" : "in its chain ";
            if (certificate.getPublicKey() instanceof RSAPublicKey rsa
                    && rsa.getModulus().bitLength() < SHORTEST_RSA) {
                warn(
                        at,
                        which + "an RSA key of " + rsa.getModulus().bitLength()
                                + " bits (expected: 2048 or more, or EC)");
            }
            String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
            if (algorithm.startsWith("SHA1") || algorithm.startsWith("MD")) {
                warn(at, which + "signed with " + certificate.getSigAlgName() + " (expected: SHA-256 or better)");
            }
        }
    }

    private void order(List<X509Certificate> chain, String at) {
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                warn(
                        at,
                        "certificate " + (i + 1)
                                + " in it did not issue the one before (expected: each is the issuer of the one before)");
                return;
            }
        }
    }

    private static boolean hasAlternativeName(X509Certificate certificate) {
        try {
            return certificate.getSubjectAlternativeNames() != null;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static boolean isReadableByAll(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void error(String path, String message) {
        Origin origin = tree.origin(path);
        problems.reportValue(origin == null ? Place.START : origin.value(), path, shown(origin) + message);
    }

    private void warn(String path, String message) {
        Origin origin = tree.origin(path);
        warnings.report(origin == null ? Place.START : origin.value(), path, shown(origin) + message);
    }

    private static String shown(@Nullable Origin origin) {
        return origin == null ? "" : origin.shown() + ": ";
    }
}
