package dev.headgate.gate;

import dev.headgate.profile.JsonSelection;
import dev.headgate.profile.JsonValues;
import dev.headgate.profile.Unreadable;
import dev.headgate.profile.Uuid;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a Genesys error body says (ErrorBody of the Platform API), as far as it is fit for a log. Immutable.
 *
 * @param read whether there was a body that could be read
 * @param code such as {@code not.authorized}, or null
 * @param contextId the API's own name for the exchange, or null
 */
public record ApiError(
        boolean read, @Nullable String code, @Nullable String contextId) {
    /** Of a body that was not read: too long, compressed otherwise than by gzip, or none at all as for HEAD. */
    public static final ApiError UNREAD = new ApiError(false, null, null);

    /** Of a body that is no such error. */
    public static final ApiError NONE = new ApiError(null, null);

    private static final JsonSelection SELECTION = JsonSelection.of(List.of("/code", "/contextId"));

    /** What is long and has digits may be a token. */
    private static final Pattern CODE = Pattern.compile("[a-z][a-z._-]{0,63}|[a-z][a-z0-9._-]{0,18}");

    public ApiError(@Nullable String code, @Nullable String contextId) {
        this(true, code, contextId);
    }

    /** Reads a body; whatever is not such an error tells nothing. */
    public static ApiError of(byte[] body) {
        try {
            JsonValues values = SELECTION.read(body, body.length);
            String code = values.get(0);
            String contextId = values.get(1);
            return new ApiError(
                    code != null && CODE.matcher(code).matches() ? code : null,
                    contextId != null && Uuid.is(contextId) ? contextId : null);
        } catch (Unreadable e) {
            return NONE;
        }
    }

    /** The same; where the body tells no contextId, the answer's ININ-Correlation-Id, which is equal to it, does. */
    public ApiError orContext(@Nullable String correlationId) {
        boolean tells = contextId == null && correlationId != null && Uuid.is(correlationId);
        return tells ? new ApiError(read, code, correlationId) : this;
    }

    /** The same without its contextId. */
    public ApiError withoutContext() {
        return new ApiError(read, code, null);
    }

    /** Whether it says that the request came to the API without a credential. */
    public boolean sawNoCredential() {
        return is("authentication.required");
    }

    /** Whether nothing in the answer is the API's own. */
    boolean isForeign() {
        return read && code == null && contextId == null;
    }

    boolean is(String expected) {
        return expected.equals(code);
    }
}
