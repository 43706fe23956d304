package dev.headgate.netty;

/** What an upstream's address counts as when one is chosen for a request: the first state is the best. */
public enum AddressState {
    /** Neither of the others. */
    UP,
    /** Left out for a while, because it failed; its health checks, if it has any, succeed. */
    EJECTED,
    /** Its health checks fail. Whether it is ejected too does not matter. */
    UNHEALTHY
}
