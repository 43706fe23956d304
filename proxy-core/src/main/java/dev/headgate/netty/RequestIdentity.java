package dev.headgate.netty;

import dev.headgate.gate.GateSettings;
import dev.headgate.gate.RequestIds;
import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.ExchangeRecord.IdSource;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * The id that a request goes by.
 *
 * @param unusable the client's id that was replaced, escaped for a log; null where there was none
 */
record RequestIdentity(String id, IdSource source, @Nullable String unusable) {
    private static final String MASKED = "[masked]";
    private static final String AUTHORIZATION = "authorization";
    private static final int SHORTEST_SECRET = 8;

    /** In characters. To look for one long text in another takes as long as both lengths multiplied. */
    private static final int LONGEST_SEARCHED = 256;

    /** How the first part of every JSON Web Token begins: a brace and a quotation mark in base64url. */
    private static final String JWT = "eyJ";

    /**
     * @param pathToken the part of the path that is a credential, or null
     */
    static RequestIdentity of(RequestHead head, @Nullable String pathToken, GateSettings settings, long now) {
        FieldName header = settings.requestIdHeader();
        int field = head.find(header);
        if (field < 0) {
            return new RequestIdentity(UuidV7.next(now), IdSource.GENERATED, null);
        }
        int from = head.valueStart(field);
        int to = head.valueEnd(field);
        boolean once = head.find(header, field + 1) < 0;
        String value = head.value(field);
        boolean credential = holdsCredential(head, value)
                || pathToken != null && sharesWord(value.toLowerCase(Locale.ROOT), pathToken.toLowerCase(Locale.ROOT));
        boolean valid = once && !credential && RequestIds.isValid(head.bytes(), from, to);
        if (settings.acceptRequestIds() && valid) {
            return new RequestIdentity(value, IdSource.CLIENT, null);
        }
        return replaced(value, credential, now);
    }

    private static RequestIdentity replaced(String theirs, boolean credential, long now) {
        boolean telling = theirs.toLowerCase(Locale.ROOT).contains("bearer") || TargetMask.isTokenLike(theirs);
        return new RequestIdentity(
                UuidV7.next(now), IdSource.REPLACED, credential || telling ? MASKED : RequestIds.escaped(theirs));
    }

    /** A token copied into the request id would be logged with it. */
    private static boolean holdsCredential(RequestHead head, String id) {
        if (id.contains(JWT)) {
            return true;
        }
        for (int i = head.find(FieldName.AUTHORIZATION); i >= 0; i = head.find(FieldName.AUTHORIZATION, i + 1)) {
            if (sharesWord(id, head.value(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a word of the value is in the id, or the id in a word; neither where they are short by chance. A long id may hold any. */
    private static boolean sharesWord(String id, String value) {
        StringTokenizer words = new StringTokenizer(value, " \t");
        if (id.length() > LONGEST_SEARCHED) {
            return words.hasMoreTokens();
        }
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            if (word.length() >= SHORTEST_SECRET && id.contains(word)
                    || id.length() >= SHORTEST_SECRET && word.contains(id)) {
                return true;
            }
        }
        return false;
    }

    /** The id of a head that could not be read: the client's own, where a line of its bytes has a usable one. */
    static RequestIdentity salvaged(byte[] bytes, int length, GateSettings settings, long now) {
        String name = settings.requestIdHeader().toString();
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        String found = null;
        boolean several = false;
        StringBuilder secrets = new StringBuilder();
        boolean secret = false;
        for (String line : text.split("\r\n|\n|\r", -1)) {
            int colon = line.indexOf(':');
            boolean folded = line.startsWith(" ") || line.startsWith("\t");
            secret = folded ? secret : line.regionMatches(true, 0, AUTHORIZATION, 0, AUTHORIZATION.length());
            if (secret) {
                secrets.append(' ')
                        .append(
                                folded
                                        ? line
                                        : line.substring(AUTHORIZATION.length()).replaceFirst("^[\\s:]+", ""));
            }
            if (colon == name.length() && line.regionMatches(true, 0, name, 0, colon)) {
                several |= found != null;
                found = line.substring(colon + 1).strip();
            }
        }
        if (found == null) {
            return new RequestIdentity(UuidV7.next(now), IdSource.GENERATED, null);
        }
        byte[] value = found.getBytes(StandardCharsets.ISO_8859_1);
        boolean credential = found.contains(JWT) || sharesWord(found, secrets.toString());
        boolean usable = !several && !credential && RequestIds.isValid(value, 0, value.length);
        return settings.acceptRequestIds() && usable
                ? new RequestIdentity(found, IdSource.CLIENT, null)
                : replaced(found, credential, now);
    }
}
