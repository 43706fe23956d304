package dev.headgate.gate;

/** Whether the gate has to see the body of a request. */
public enum BodyNeed {
    NONE,
    /** It is read where it is not too long; the request goes on all the same where it is. */
    WANTED,
    /** What cannot be read cannot be forwarded. */
    REQUIRED
}
