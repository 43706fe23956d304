package dev.headgate.gate;

/** Whether the gate has to see the body of a request. */
public enum BodyNeed {
    NONE,
    /** It is read where it is not too long; the request goes on all the same where it is. */
    WANTED,
    /** Where it is too long or cannot be read, the request is refused, unless the route only observes that. */
    REQUIRED
}
