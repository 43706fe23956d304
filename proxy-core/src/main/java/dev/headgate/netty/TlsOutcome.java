package dev.headgate.netty;

/** How a client's attempt at a TLS handshake ended. */
public enum TlsOutcome {
    OK,
    /** Broken off by either side: no common version or protocol, a client certificate that is missing or not trusted. */
    FAILED,
    /** The first byte was that of an HTTP request without TLS. */
    PLAINTEXT,
    /** Not complete in time. */
    TIMEOUT,
    /** The client asked for a name that no certificate has, and such names are refused. */
    UNKNOWN_NAME
}
