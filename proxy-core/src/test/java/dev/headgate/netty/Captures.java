package dev.headgate.netty;

import dev.headgate.http.BadHead;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import java.nio.charset.StandardCharsets;

/** Exchanges as a listener gets them, made without a connection. */
public final class Captures {
    private Captures() {}

    /** One that is not over: the gate has not been asked, and there is no answer. */
    public static CapturedExchange exchange(CaptureListener listener, String target, ExchangeRecord record) {
        byte[] head =
                ("GET " + target + " HTTP/1.1\r\nHost: chat.example\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        try {
            CapturedExchange exchange = new CapturedExchange(
                    listener, new HeadParser(10).request(head, head.length), Framing.NONE, 1_764_086_400_000_123L);
            exchange.end(record);
            return exchange;
        } catch (BadHead e) {
            throw new IllegalArgumentException(e);
        }
    }
}
