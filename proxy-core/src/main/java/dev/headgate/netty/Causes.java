package dev.headgate.netty;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the causes of a failure say, in words of the edge's own. */
final class Causes {
    private static final int DEEPEST = 10;

    private Causes() {}

    /** Of the words for each cause in the chain those of the innermost one that has any: it says most. Null for none. */
    static @Nullable String innermost(Throwable failure, Function<Throwable, @Nullable String> words) {
        String found = null;
        Throwable cause = failure;
        // A chain may be a ring.
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            String said = words.apply(cause);
            found = said == null ? found : said;
            cause = cause.getCause();
        }
        return found;
    }

    /**
     * What is wrong with a certificate's time, or with its chain; null where the cause is about neither.
     *
     * @param whose such as {@code its certificate}
     */
    static @Nullable String ofCertificate(Throwable cause, String whose) {
        BasicReason reason = cause instanceof CertPathValidatorException e && e.getReason() instanceof BasicReason basic
                ? basic
                : null;
        if (cause instanceof CertificateExpiredException || reason == BasicReason.EXPIRED) {
            return whose + " has expired";
        }
        if (cause instanceof CertificateNotYetValidException || reason == BasicReason.NOT_YET_VALID) {
            return whose + " is not valid yet";
        }
        return cause instanceof CertPathValidatorException ? whose + " is not trusted" : null;
    }
}
