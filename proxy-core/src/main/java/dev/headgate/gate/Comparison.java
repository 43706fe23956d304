package dev.headgate.gate;

/**
 * What a rule compared, for people: ids and fingerprints, never tokens.
 *
 * @param what such as {@code conversationId in the path}
 */
public record Comparison(String what, String found, String expected) {}
