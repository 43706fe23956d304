package dev.headgate.observe;

import dev.headgate.netty.ExchangeRecord;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.message.AsynchronouslyFormattable;
import org.apache.logging.log4j.message.Message;
import org.jspecify.annotations.Nullable;

/** Carries a record, which is immutable, to the background thread that formats it. */
@AsynchronouslyFormattable
record ExchangeMessage(ExchangeRecord exchange) implements Message {
    @Override
    public String getFormattedMessage() {
        JsonLines lines = new JsonLines();
        lines.add(exchange);
        return new String(lines.bytes(), 0, lines.length() - 1, StandardCharsets.US_ASCII);
    }

    @Override
    public String getFormat() {
        return "";
    }

    @Override
    public Object @Nullable [] getParameters() {
        return null;
    }

    @Override
    public @Nullable Throwable getThrowable() {
        return null;
    }
}
