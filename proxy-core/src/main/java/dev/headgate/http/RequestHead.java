package dev.headgate.http;

import org.jspecify.annotations.Nullable;

/** The head of a request. Immutable. */
public final class RequestHead extends Head {
    private final String method;
    private final int targetStart;
    private final int targetEnd;
    private final int authorityStart;
    private final int authorityEnd;
    private final int pathStart;
    private final int pathEnd;
    private final int minorVersion;
    private final String path;

    RequestHead(
            byte[] bytes,
            int length,
            int[] index,
            int count,
            String method,
            int targetStart,
            int targetEnd,
            int authorityStart,
            int authorityEnd,
            int pathStart,
            int pathEnd,
            int minorVersion)
            throws BadHead {
        super(bytes, length, index, count);
        this.method = method;
        this.targetStart = targetStart;
        this.targetEnd = targetEnd;
        this.authorityStart = authorityStart;
        this.authorityEnd = authorityEnd;
        this.pathStart = pathStart;
        this.pathEnd = pathEnd;
        this.minorVersion = minorVersion;
        this.path = PathReading.of(bytes, pathStart, pathEnd);
    }

    /** As sent; methods are case-sensitive. */
    public String method() {
        return method;
    }

    public int targetStart() {
        return targetStart;
    }

    public int targetEnd() {
        return targetEnd;
    }

    /** Whether the target is in absolute-form (RFC 9112 section 3.2.2). */
    public boolean isAbsoluteForm() {
        return authorityStart >= 0;
    }

    /** The authority of an absolute-form target, or null. */
    public @Nullable String authority() {
        return authorityStart < 0 ? null : text(authorityStart, authorityEnd);
    }

    /** Where the path starts: everything from here to {@link #targetEnd()} is the origin-form. */
    public int pathStart() {
        return pathStart;
    }

    /** The path's bytes as sent; empty for an absolute-form target without a path. */
    public String rawPath() {
        return text(pathStart, pathEnd);
    }

    /**
     * The path in the one reading that routing and profiles go by: escapes decoded, parameters ({@code ;...}) of
     * segments left out, empty segments merged. What would read differently at the next hop (dot segments, escaped
     * slashes) has been refused. Nothing of this changes what is forwarded.
     */
    public String path() {
        return path;
    }

    /** Without the question mark; null where there is none. */
    public @Nullable String query() {
        return pathEnd < targetEnd ? text(pathEnd + 1, targetEnd) : null;
    }

    /** 0 or 1, of HTTP/1.x. */
    public int minorVersion() {
        return minorVersion;
    }

    /** Whether the client will take a further response on this connection (RFC 9112 section 9.3). */
    public boolean isPersistent() {
        return Persistence.of(this, minorVersion);
    }

    /** RFC 9110 section 10.1.1; an HTTP/1.0 expectation is ignored as that section demands. */
    public boolean expectsContinue() {
        return minorVersion >= 1 && listHas(FieldName.EXPECT, "100-continue");
    }
}
