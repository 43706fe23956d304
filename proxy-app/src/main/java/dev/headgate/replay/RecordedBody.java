package dev.headgate.replay;

/**
 * A body without its framing and without its content coding where that was known.
 *
 * @param bytes as many as were recorded
 * @param size of the whole, in bytes; more than were recorded where the recording was bounded
 * @param known false where the recording does not tell whether there was one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record RecordedBody(byte[] bytes, long size, boolean known) {
    private static final byte[] NO_BYTES = {};

    /** There was none. */
    public static final RecordedBody NONE = new RecordedBody(NO_BYTES, 0, true);

    /** The recording leaves it out. */
    public static final RecordedBody UNKNOWN = new RecordedBody(NO_BYTES, 0, false);

    /** All of it. */
    public static RecordedBody of(byte[] bytes) {
        return new RecordedBody(bytes, bytes.length, true);
    }

    /** Whether all of it was recorded. */
    public boolean isComplete() {
        return known && size == bytes.length;
    }
}
