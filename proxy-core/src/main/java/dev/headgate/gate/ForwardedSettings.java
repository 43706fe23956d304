package dev.headgate.gate;

import dev.headgate.http.FieldName;
import java.util.List;

/**
 * What is believed, and what is told to the upstream, of the hops that a request has come through. Immutable.
 *
 * @param trust the peers whose X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host and Forwarded are believed
 */
public record ForwardedSettings(List<AddressRange> trust, Write write) {
    /** Believes nobody and changes nothing. */
    public static final ForwardedSettings NONE = new ForwardedSettings(List.of(), Write.NONE);

    static final FieldName X_FORWARDED_FOR = FieldName.of("x-forwarded-for");
    static final FieldName X_FORWARDED_HOST = FieldName.of("x-forwarded-host");
    static final FieldName X_FORWARDED_PORT = FieldName.of("x-forwarded-port");
    static final FieldName X_FORWARDED_PROTO = FieldName.of("x-forwarded-proto");
    static final FieldName FORWARDED = FieldName.of("forwarded");

    /** Which fields are written. */
    public enum Write {
        /** None; those of the client, true or not, go on as they came. */
        NONE(false, false),
        X_FORWARDED(true, false),
        /** RFC 7239. */
        FORWARDED(false, true),
        BOTH(true, true);

        private final boolean xForwarded;
        private final boolean forwarded;

        Write(boolean xForwarded, boolean forwarded) {
            this.xForwarded = xForwarded;
            this.forwarded = forwarded;
        }

        /** Whether X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are. */
        public boolean xForwarded() {
            return xForwarded;
        }

        public boolean forwarded() {
            return forwarded;
        }
    }

    public ForwardedSettings {
        trust = List.copyOf(trust);
    }

    public boolean trusts(IpAddress peer) {
        for (int i = 0; i < trust.size(); i++) {
            if (trust.get(i).contains(peer)) {
                return true;
            }
        }
        return false;
    }
}
