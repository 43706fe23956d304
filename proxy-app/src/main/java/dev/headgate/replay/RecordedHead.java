package dev.headgate.replay;

import java.nio.charset.StandardCharsets;

/** The head of a recorded request as bytes, with stand-ins for placeholders. */
final class RecordedHead {
    private RecordedHead() {}

    /**
     * The bytes that arrived, but for blanks around values.
     *
     * @throws Unsendable if a line would end where none ended
     */
    static byte[] bytes(RecordedExchange exchange, RecordedRequest request) throws Unsendable {
        checkLine(request.method());
        checkLine(request.target());
        StringBuilder head = new StringBuilder(1024);
        head.append(request.method())
                .append(' ')
                .append(StandIns.in(request.target()))
                .append(" HTTP/1.1\r\n");
        boolean host = false;
        for (RecordedField field : request.fields()) {
            checkLine(field.name());
            checkLine(field.value());
            if (!field.name().startsWith(":")) {
                head.append(field.name())
                        .append(": ")
                        .append(StandIns.in(field.value()))
                        .append("\r\n");
                host |= field.name().equalsIgnoreCase("host");
            }
        }
        if (!host && exchange.requestId() == null) {
            // A browser's recording of HTTP/2 has the authority in the URL only.
            head.append("Host: recorded\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void checkLine(String text) throws Unsendable {
        if (text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
            throw new Unsendable("its head has a CR or LF where none can have arrived");
        }
    }
}
