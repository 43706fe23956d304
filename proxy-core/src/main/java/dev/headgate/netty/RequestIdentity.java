package dev.headgate.netty;

import dev.headgate.gate.GateSettings;
import dev.headgate.gate.RequestIds;
import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.ExchangeRecord.IdSource;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The id that a request goes by.
 *
 * @param unusable the client's id that was replaced, escaped for a log; null where there was none
 */
record RequestIdentity(String id, IdSource source, @Nullable String unusable) {

    private static final int SHORTEST_TOKEN = 8;

    static RequestIdentity of(RequestHead head, GateSettings settings, long now) {
        FieldName header = settings.requestIdHeader();
        int field = head.find(header);
        if (field < 0) {
            return new RequestIdentity(UuidV7.next(now), IdSource.GENERATED, null);
        }
        int from = head.valueStart(field);
        int to = head.valueEnd(field);
        boolean once = head.find(header, field + 1) < 0;
        boolean valid = once && RequestIds.isValid(head.bytes(), from, to) && !isCredential(head, from, to);
        if (settings.acceptRequestIds() && valid) {
            return new RequestIdentity(head.value(field), IdSource.CLIENT, null);
        }
        return replaced(head.value(field), now);
    }

    /** Ids are logged and returned, so one that has the credential in it, or is part of it, or is a JWT, is none. */
    private static boolean isCredential(RequestHead head, int from, int to) {
        String id = new String(head.bytes(), from, to - from, StandardCharsets.ISO_8859_1);
        int field = head.find(FieldName.AUTHORIZATION);
        return isCredential(id, field < 0 ? "" : head.value(field));
    }

    private static boolean isCredential(String id, String authorization) {
        String token = authorization.substring(authorization.lastIndexOf(' ') + 1);
        boolean shares = id.length() >= SHORTEST_TOKEN && authorization.contains(id)
                || token.length() >= SHORTEST_TOKEN && id.contains(token);
        return shares || id.contains("eyJ");
    }

    private static RequestIdentity replaced(String unusable, long now) {
        String shown = TargetMask.isTokenLike(unusable) ? "[masked]" : RequestIds.escaped(unusable);
        return new RequestIdentity(UuidV7.next(now), IdSource.REPLACED, shown);
    }

    /** The id of a head that could not be read: the client's own, where a line of its bytes has a usable one. */
    static RequestIdentity salvaged(byte[] bytes, int length, GateSettings settings, long now) {
        String name = settings.requestIdHeader().toString();
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        String found = null;
        String authorization = "";
        for (String line : text.split("\r\n|\n|\r", -1)) {
            int colon = line.indexOf(':');
            if (colon == name.length() && line.regionMatches(true, 0, name, 0, colon)) {
                if (found != null) {
                    return replaced(found, now);
                }
                found = line.substring(colon + 1).strip();
            } else if (colon > 0 && FieldName.AUTHORIZATION.matches(line.substring(0, colon).strip())) {
                authorization = line.substring(colon + 1).strip();
            }
        }
        if (found == null) {
            return new RequestIdentity(UuidV7.next(now), IdSource.GENERATED, null);
        }
        byte[] value = found.getBytes(StandardCharsets.ISO_8859_1);
        boolean valid = RequestIds.isValid(value, 0, value.length) && !isCredential(found, authorization);
        return settings.acceptRequestIds() && valid
                ? new RequestIdentity(found, IdSource.CLIENT, null)
                : replaced(found, now);
    }
}
