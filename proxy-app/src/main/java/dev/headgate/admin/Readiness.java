package dev.headgate.admin;

/** Whether the proxy takes requests, as {@code /readyz} tells it. */
public enum Readiness {
    STARTING,
    READY,
    DRAINING
}
