package dev.headgate.http;

import dev.headgate.http.BadHead.Fault;

/**
 * Finds where a head ends while its bytes arrive, each looked at once. It refuses at once what no later byte can mend:
 * control octets, a CR or an LF alone. Not thread-safe.
 */
public final class HeadScanner {
    /** The first octet of a TLS record with a handshake message (RFC 8446 section 5.1). */
    private static final byte TLS_HANDSHAKE = 0x16;

    private int at;
    private int lineStart;

    public void reset() {
        at = 0;
        lineStart = 0;
    }

    /**
     * Goes on where the last call stopped.
     *
     * @param bytes the same bytes as before, with more behind them
     * @param to how many there are by now
     * @return the length of the head with its empty line, or -1 as long as the end has not come; 2 for an empty line
     *     before any other
     */
    public int scan(byte[] bytes, int to) throws BadHead {
        int i = at;
        int line = lineStart;
        for (; (i = Octets.nextControl(bytes, i, to)) < to; i++) {
            byte b = bytes[i];
            if (b == '\t') {
                continue;
            }
            if (b == '\r') {
                if (i + 1 == to) {
                    break;
                }
                if (bytes[i + 1] != '\n') {
                    throw new BadHead(
                            Fault.MALFORMED, "head: CR without LF at offset " + i + " (RFC 9112 section 2.2)");
                }
                if (i == line) {
                    return i + 2;
                }
                i++;
                line = i + 1;
                continue;
            }
            if (b == '\n') {
                throw new BadHead(Fault.MALFORMED, "head: LF without CR at offset " + i + " (RFC 9112 section 2.2)");
            }
            if (b == TLS_HANDSHAKE && i == 0) {
                throw new BadHead(
                        Fault.MALFORMED, "head: begins like a TLS ClientHello (0x16), where plain HTTP is spoken");
            }
            throw new BadHead(
                    Fault.MALFORMED, "head: control octet 0x" + hex(b) + " at offset " + i + " (RFC 9110 section 5.5)");
        }
        at = i;
        lineStart = line;
        return -1;
    }

    private static String hex(byte b) {
        return Integer.toHexString(b & 0xff | 0x100).substring(1);
    }
}
