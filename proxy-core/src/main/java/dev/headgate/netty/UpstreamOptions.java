package dev.headgate.netty;

import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How connections to an upstream are made, kept and spread. Immutable.
 *
 * @param authorities where to connect; empty for the upstream's own host and port
 * @param preserveHost whether the client's Host goes upstream, where it sent one
 * @param proxyHeader what each connection starts with
 * @param connections open at most, over all event loops; 1 or more
 * @param waiting requests that may wait for a connection, over all event loops; 0 or more
 * @param health null for no active checks
 * @param nameServers who is asked for names that the machine's hosts file does not have
 */
public record UpstreamOptions(
        List<Authority> authorities,
        boolean preserveHost,
        ProxyHeader proxyHeader,
        int connections,
        int waiting,
        Ejection ejection,
        @Nullable Health health,
        DnsServerAddressStreamProvider nameServers) {
    public static final UpstreamOptions DEFAULT = new UpstreamOptions(
            List.of(),
            false,
            ProxyHeader.NONE,
            1024,
            1024,
            new Ejection(5, Duration.ofSeconds(30), 50),
            null,
            DnsServerAddressStreamProviders.platformDefault());

    public UpstreamOptions {
        authorities = List.copyOf(authorities);
    }

    /**
     * Where to connect.
     *
     * @param host a name, or an address without brackets
     * @param port 1 to 65535
     */
    public record Authority(String host, int port) {}

    /** The header of the PROXY protocol that tells the upstream who the client is. */
    public enum ProxyHeader {
        NONE,
        V1,
        V2
    }

    /**
     * When an address that fails is left out.
     *
     * @param failures in a row, from 1; 0 for never
     * @param time for the first time; longer by as much again each time that it fails soon after its return, up to
     *     ten times as long
     * @param maximumPercent of an upstream's addresses that may be left out at a time, 0 to 100
     */
    public record Ejection(int failures, Duration time, int maximumPercent) {}

    /**
     * How an address is asked whether it is well: with a GET on a connection of its own, whose answer must be 2xx or
     * 3xx.
     *
     * @param path in origin-form
     * @param interval from one check to the next, give or take a tenth
     * @param timeout from the first packet to the answer's head
     * @param healthy good answers in a row until it is used again, from 1
     * @param unhealthy failures in a row until it is left out, from 1
     */
    public record Health(String path, Duration interval, Duration timeout, int healthy, int unhealthy) {}
}
