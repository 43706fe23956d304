package dev.headgate.netty;

import dev.headgate.http.FieldName;
import dev.headgate.http.Octets;
import dev.headgate.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** The traceparent field (W3C Trace Context). */
final class Traceparent {
    private static final FieldName NAME = FieldName.of("traceparent");
    private static final int LENGTH = 55;

    private Traceparent() {}

    /** A value in the form of version 00 (section 3.2.2), or null; whatever else is sent there stays out of logs. */
    static @Nullable String of(RequestHead head) {
        String value = head.value(NAME);
        if (value == null || value.length() != LENGTH) {
            return null;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = value.charAt(i);
            boolean hyphen = i == 2 || i == 35 || i == 52;
            if (hyphen ? c != '-' : Octets.hex((byte) c) < 0) {
                return null;
            }
        }
        return value;
    }
}
