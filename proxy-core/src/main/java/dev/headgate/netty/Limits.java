package dev.headgate.netty;

/**
 * Bounds, in bytes and counts.
 *
 * @param head request line and fields together, in bytes; also for trailer sections and response heads
 * @param fields field lines of a head
 * @param checkedBody the most of a body that is held in memory for a check or to learn from, in bytes
 * @param body the most that a request's body may have, in bytes; 0 for any
 */
public record Limits(int head, int fields, int checkedBody, long body) {}
