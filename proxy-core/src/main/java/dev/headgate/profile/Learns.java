package dev.headgate.profile;

import java.util.List;
import java.util.Map;

/**
 * Where a create answer tells the token and what it is bound to: names of members of its JSON object, the first one
 * present counts.
 *
 * @param lifetime members that tell the lifetime in seconds
 * @param expiresAt members that tell the end of the lifetime (ISO 8601)
 * @param scopes members that list the scopes, as an array or separated by blanks
 * @param purpose the member of the request's body that tells the purpose
 */
public record Learns(
        List<String> token,
        Map<Binding, List<String>> ids,
        List<String> lifetime,
        List<String> expiresAt,
        List<String> scopes,
        String purpose) {}
