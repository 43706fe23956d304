package dev.headgate.gate;

/**
 * What the edge only ever suspects or warns of, and never refuses for. The codes are public, as {@link Reason}'s are.
 * {@code docs/reasons.md} has a row for each.
 */
public enum Cause implements Finding {
    AUTH_LOST(
            "auth.lost",
            "The Authorization field left this edge intact, and the API did not see it",
            "Look for another proxy between this edge and the API, and compare the upstream's address with the API's."),
    ORG_MISSING(
            "org.missing",
            "No organisation field went with the request",
            "Operators: configure organization.id, so that every request carries it."),
    ORIGIN_REFUSED(
            "origin.refused",
            "The API does not allow the page's origin",
            "Add the page's origin to the allowed domains of the deployment in Genesys."),
    REGION_MISMATCH(
            "region.mismatch",
            "The client meant another region than the upstream's",
            "Operators: let the upstream be the API of the region in which the organisation lives."),
    HOP_REFUSED(
            "hop.refused",
            "The refusal does not look like the API's own",
            "Look between this edge and the API for a load balancer, gateway or firewall that judges requests itself; a"
                    + " guest token may look like a user's JSON Web Token, and has none of a user's claims."),
    FLOW_SETTINGS(
            "flow.settings",
            "Everything that the edge can check is right",
            "Look at what only Genesys knows: whether the flow's entry point allows guests, which contactAttributes and"
                    + " which schema it demands, and the deployment's state."),
    CACHE_SHARED(
            "cache.shared",
            "A shared cache stands in the way of answers that carry tokens",
            "See that it never stores answers of this path; a cached token is given to every guest who asks.");

    private final String code;
    private final String title;
    private final String advice;

    Cause(String code, String title, String advice) {
        this.code = code;
        this.title = title;
        this.advice = advice;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String advice() {
        return advice;
    }

    @Override
    public String toString() {
        return code;
    }
}
