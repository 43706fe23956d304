package dev.headgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Finding;
import dev.headgate.gate.Reason;
import dev.headgate.http.FieldName;
import dev.headgate.http.FieldNames;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.GuardedFields;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PackedExchangeTest {
    /** Of the sum of these texts nothing is known but that each is bounded where it comes from. */
    private static final int OTHERS = 1500;

    private static final FieldNames[] FIELD_NAMES = {
        GuardedFields.NONE.guarded(), new FieldNames(List.of(FieldName.of("host"))), new FieldNames(List.of())
    };
    private static final Finding[] FINDINGS =
            Stream.concat(Stream.of(Reason.values()), Stream.of(Cause.values())).toArray(Finding[]::new);
    private static final long[] NUMBERS = {0, 1, -1, 0xFFFF, 1L << 31, 1L << 32, 1L << 63, Long.MAX_VALUE, 0xFFFFFFFFL};

    private final Random random = new Random(3);
    private final PackedExchange place = new PackedExchange();

    private void keeps(ExchangeRecord exchange) {
        place.pack(exchange);
        assertThat(place.unpack()).isEqualTo(exchange);
        assertThat(place.unpack(exchange.requestId())).isEqualTo(exchange);
        assertThat(place.unpack(exchange.requestId() + "x")).isNull();
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(place.unpack()).isNull();
        assertThat(place.unpack("")).isNull();
    }

    @Test
    void keepsWhatIsUsual() {
        keeps(Exchanges.full().record());
        keeps(Exchanges.bare().record());
        keeps(Exchanges.good().record());
        for (Reason reason : Reason.values()) {
            keeps(Exchanges.refused(reason).record());
        }
    }

    /** Of each component there are many values, so one that is left out, or takes another's place, is found. */
    @Test
    void keepsEachComponentWhateverItIs() throws Exception {
        for (int i = 0; i < 20_000; i++) {
            keeps(random(ExchangeRecord.class));
        }
    }

    @Test
    void keepsALongTextThatIsNotCut() {
        for (int length : new int[] {0xFFFE, 0xFFFF, 0x10000, 0x20001}) {
            Exchanges exchange = Exchanges.full();
            exchange.route = "r".repeat(length);
            keeps(exchange.record());
        }
    }

    /** A record whose components are of any value; a component of a new type wants a case here. */
    private <R extends Record> R random(Class<R> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            boolean none =
                    components[i].getAnnotatedType().isAnnotationPresent(Nullable.class) && random.nextInt(3) == 0;
            values[i] = none ? null : value(components[i].getType());
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        return type.getDeclaredConstructor(types).newInstance(values);
    }

    private Object value(Class<?> type) throws ReflectiveOperationException {
        if (type == long.class) {
            return number();
        }
        if (type == int.class) {
            return (int) number();
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == String.class) {
            return text();
        }
        if (type == FieldNames.class) {
            return one(FIELD_NAMES);
        }
        if (type == Finding.class) {
            return one(FINDINGS);
        }
        return type.isEnum() ? one(type.getEnumConstants()) : random(type.asSubclass(Record.class));
    }

    private <E> E one(E[] values) {
        return values[random.nextInt(values.length)];
    }

    private long number() {
        return random.nextBoolean() ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    /** ASCII, Latin-1, or whatever may be in a text: the ends of pairs alone too. */
    private String text() {
        int most = new int[] {0x80, 0x100, 0x10000}[random.nextInt(3)];
        int longest = random.nextInt(50) == 0 ? PackedExchange.LONGEST : 12;
        char[] text = new char[random.nextInt(longest + 1)];
        for (int i = 0; i < text.length; i++) {
            boolean half = most > 0x100 && random.nextInt(4) == 0;
            text[i] = (char) (half ? 0xD800 + random.nextInt(0x800) : random.nextInt(most));
        }
        return new String(text);
    }

    @Test
    void cutsBehindTheLongestOnly() {
        Exchanges exchange = Exchanges.good();
        exchange.path = "\u20ac".repeat(PackedExchange.LONGEST);
        keeps(exchange.record());
        exchange.path += "x";
        place.pack(exchange.record());
        exchange.path = "\u20ac".repeat(PackedExchange.LONGEST - 3) + "...";
        assertThat(place.unpack()).isEqualTo(exchange.record());
    }

    @Test
    void takesTwelveKibibytesAtMost() {
        String text = "t".repeat(100_000);
        Exchanges exchange = Exchanges.full();
        exchange.method = text;
        exchange.path = text;
        exchange.detail = text;
        exchange.route = "r".repeat(OTHERS);
        exchange.evidence = new Evidence(
                "Check",
                new Comparison(text, text, text),
                new Diagnosis(Cause.AUTH_LOST, Confidence.LIKELY, text),
                ApiError.NONE);
        place.pack(exchange.record());
        assertThat(place.room() * Character.BYTES).isLessThan(12 << 10);
    }

    @Test
    void takesAboutAKibibyteUsually() {
        Exchanges exchange = Exchanges.good();
        exchange.path = "/api/v2/guests/conversations/0b6f8e0a-0000-4000-8000-000000000002/messages";
        exchange.token = Exchanges.full().token;
        exchange.traceparent = Exchanges.full().traceparent;
        place.pack(exchange.record());
        assertThat(place.room() * Character.BYTES).isLessThanOrEqualTo(1 << 10);
    }
}
