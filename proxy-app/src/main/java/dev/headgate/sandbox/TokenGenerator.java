package dev.headgate.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/** Makes tokens that cannot be guessed. Thread-safe. */
final class TokenGenerator {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final SecureRandom random = new SecureRandom();

    /** 256 random bits in base64url. */
    String opaque() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return BASE64.encodeToString(bytes);
    }

    /** A JWT with random bits in place of the signature. */
    String jwt(ObjectNode claims) {
        return encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + encode(claims.toString()) + "." + opaque();
    }

    private static String encode(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
