package dev.headgate.replay;

/**
 * One field line as it stood on the wire.
 *
 * @param name in its own case
 * @param value without whitespace around it
 */
public record RecordedField(String name, String value) {}
