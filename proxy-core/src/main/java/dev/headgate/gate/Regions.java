package dev.headgate.gate;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The domains of Genesys Cloud's regions (Genesys Cloud Developer Center, "Platform API", regions). */
final class Regions {
    private static final List<String> DOMAINS = List.of(
            "mypurecloud.com",
            "mypurecloud.ie",
            "mypurecloud.de",
            "mypurecloud.jp",
            "mypurecloud.com.au",
            "usw2.pure.cloud",
            "cac1.pure.cloud",
            "sae1.pure.cloud",
            "euw2.pure.cloud",
            "euc2.pure.cloud",
            "aps1.pure.cloud",
            "apne2.pure.cloud",
            "apne3.pure.cloud",
            "apse1.pure.cloud",
            "mec1.pure.cloud",
            "mxc1.pure.cloud",
            "use2.us-gov-pure.cloud");

    private Regions() {}

    /** The domain of the region that a host, perhaps with a port, belongs to; null where it is none of Genesys'. */
    static @Nullable String of(@Nullable String host) {
        if (host == null) {
            return null;
        }
        int colon = host.indexOf(':');
        String name = (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
        for (String domain : DOMAINS) {
            if (name.equals(domain) || name.endsWith("." + domain)) {
                return domain;
            }
        }
        return null;
    }
}
