package dev.headgate.sandbox;

import java.util.Map;

/**
 * An answer ready to be written.
 *
 * @param streamed the size of a body of {@link BytePattern}; negative: {@code body} is the body
 * @param chunked whether a streamed body goes without a Content-Length
 * @param delayed whether the configured delay applies
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and handed on once
record Reply(int status, Map<String, String> fields, byte[] body, long streamed, boolean chunked, boolean delayed) {}
