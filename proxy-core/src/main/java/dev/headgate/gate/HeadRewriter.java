package dev.headgate.gate;

import dev.headgate.http.FieldName;
import dev.headgate.http.FieldNames;
import dev.headgate.http.Framing;
import dev.headgate.http.Head;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.ListMembers;
import dev.headgate.http.Octets;
import dev.headgate.http.RequestHead;
import dev.headgate.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The only place where heads change. Lines that stay are copied as they came; nothing is parsed and written anew.
 * Immutable, so thread-safe.
 */
public class HeadRewriter {
    /**
     * What a request head needs on its way.
     *
     * @param keepRequestId whether the client's own line with that id stays
     * @param host the Host value for the upstream; null for the client's own, which there must be then
     * @param expectDone whether the edge has answered the expectation itself
     * @param plainAnswer whether the answer must come without a content coding, because the edge has to read it
     * @param hop what is told of the client's connection; null for nothing, and then what the client tells stays
     * @param upgrade whether its Upgrade goes on, instead of being for this hop only
     */
    public record RequestEdit(
            String requestId,
            boolean keepRequestId,
            byte @Nullable [] host,
            boolean expectDone,
            boolean plainAnswer,
            @Nullable ForwardedHop hop,
            boolean upgrade) {}

    /**
     * What a response head needs on its way.
     *
     * @param framing how the body is framed downstream
     * @param close whether the connection closes after it
     * @param keepAlive whether an HTTP/1.0 client must be told that the connection stays open
     * @param replaceCors whether the upstream's word on which origins may read it gives way to {@code added}
     * @param added further field lines, each with its CRLF; empty for none
     * @param upgrade whether its Upgrade goes on, instead of being for this hop only
     */
    public record ResponseEdit(
            String requestId,
            Framing framing,
            boolean close,
            boolean keepAlive,
            boolean replaceCors,
            String added,
            boolean upgrade) {}

    /** RFC 9110 section 7.6.1; Transfer-Encoding stays, because the body is framed the same way again. */
    private static final FieldNames HOP_BY_HOP = new FieldNames(List.of(
            FieldName.CONNECTION,
            FieldName.KEEP_ALIVE,
            FieldName.TE,
            FieldName.UPGRADE,
            FieldName.PROXY_CONNECTION,
            FieldName.PROXY_AUTHORIZATION));

    private static final FieldName ACCEPT_ENCODING = FieldName.of("accept-encoding");
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] SEPARATOR = {':', ' '};
    private static final byte[] HTTP_1_1 = ascii("HTTP/1.1");
    private static final byte[] VERSION_END = ascii(" HTTP/1.1\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] HOST = ascii("Host: ");

    private final FieldName requestIdHeader;
    private final byte[] requestIdLine;
    private final @Nullable Organization organization;
    private final byte[] organizationLine;
    private final List<FieldName> guarded;

    public HeadRewriter(GateSettings settings) {
        this.requestIdHeader = settings.requestIdHeader();
        this.requestIdLine = ascii(requestIdHeader + ": ");
        this.organization = settings.organization();
        this.organizationLine =
                organization == null ? new byte[0] : ascii(organization.header() + ": " + organization.id() + "\r\n");
        this.guarded = settings.guardedFields();
    }

    /** Appends the head as it goes upstream. */
    public void request(RequestHead head, RequestEdit edit, HeadWriter out) {
        byte[] bytes = head.bytes();
        boolean keepOrganization = organization == null || organization.isIn(head);
        boolean nominates = nominates(head);
        ForwardedHop hop = edit.hop;
        int kept = requestLine(head, out);
        for (int i = 0; i < head.fieldCount(); i++) {
            boolean host = edit.host != null && head.is(i, FieldName.HOST);
            boolean drop = isForThisHop(head, i, nominates, edit.upgrade)
                    || !edit.keepRequestId && head.is(i, requestIdHeader)
                    || !keepOrganization && organization != null && head.is(i, organization.header())
                    || edit.expectDone && head.is(i, FieldName.EXPECT)
                    || edit.plainAnswer && head.is(i, ACCEPT_ENCODING)
                    || hop != null && hop.replaces(head, i);
            if (!drop && !host) {
                continue;
            }
            int line = head.nameStart(i);
            out.write(bytes, kept, line);
            if (host && edit.host != null) {
                out.write(bytes, line, head.nameEnd(i))
                        .write(SEPARATOR)
                        .write(edit.host)
                        .write(CRLF);
            }
            kept = head.lineEnd(i);
        }
        out.write(bytes, kept, head.length() - 2);
        if (edit.host != null && !head.has(FieldName.HOST)) {
            out.write(HOST).write(edit.host).write(CRLF);
        }
        if (!edit.keepRequestId) {
            out.write(requestIdLine).write(edit.requestId).write(CRLF);
        }
        if (!keepOrganization) {
            out.write(organizationLine);
        }
        if (hop != null) {
            hop.write(head, out);
        }
        if (edit.upgrade) {
            out.write(UPGRADE);
        }
        out.write(CRLF);
    }

    /** The request line, in origin-form (RFC 9112 section 3.2.1) and with this proxy's own version. */
    private static int requestLine(RequestHead head, HeadWriter out) {
        if (!head.isAbsoluteForm() && head.minorVersion() == 1) {
            return 0;
        }
        byte[] bytes = head.bytes();
        out.write(bytes, 0, head.targetStart());
        if (head.isAbsoluteForm() && (head.pathStart() == head.targetEnd() || bytes[head.pathStart()] == '?')) {
            out.write(head.method().equals("OPTIONS") && head.pathStart() == head.targetEnd() ? "*" : "/");
        }
        out.write(bytes, head.pathStart(), head.targetEnd()).write(VERSION_END);
        return head.fieldsStart();
    }

    /** Appends the head as it goes downstream. */
    public void response(ResponseHead head, ResponseEdit edit, HeadWriter out) {
        byte[] bytes = head.bytes();
        boolean nominates = nominates(head);
        boolean bodiless = head.status() < 200 || head.status() == 204;
        boolean dropCoding = edit.framing.kind() != Framing.Kind.CHUNKED && edit.framing.kind() != Framing.Kind.NONE;
        boolean addCoding = edit.framing.kind() == Framing.Kind.CHUNKED && !head.has(FieldName.TRANSFER_ENCODING);
        out.write(HTTP_1_1);
        int kept = HTTP_1_1.length;
        for (int i = 0; i < head.fieldCount(); i++) {
            boolean drop = isForThisHop(head, i, nominates, edit.upgrade)
                    || head.is(i, requestIdHeader)
                    || (bodiless || dropCoding) && head.is(i, FieldName.TRANSFER_ENCODING)
                    || bodiless && head.is(i, FieldName.CONTENT_LENGTH)
                    || edit.replaceCors && (head.is(i, Cors.ALLOW_ORIGIN) || head.is(i, Cors.ALLOW_CREDENTIALS));
            if (drop) {
                out.write(bytes, kept, head.nameStart(i));
                kept = head.lineEnd(i);
            }
        }
        out.write(bytes, kept, head.length() - 2);
        out.write(requestIdLine).write(edit.requestId).write(CRLF).write(edit.added);
        if (addCoding) {
            out.write(CHUNKED);
        }
        if (edit.upgrade) {
            out.write(UPGRADE);
        } else if (edit.close) {
            out.write(CLOSE);
        } else if (edit.keepAlive) {
            out.write(KEEP_ALIVE);
        }
        out.write(CRLF);
    }

    private boolean isForThisHop(Head head, int field, boolean nominates, boolean upgrade) {
        return (HOP_BY_HOP.has(head, field) || nominates && isNominated(head, field))
                && !(upgrade && head.is(field, FieldName.UPGRADE));
    }

    /** Whether Connection names more than what is for this hop anyway; nearly always it says close or keep-alive. */
    private static boolean nominates(Head head) {
        ListMembers members = new ListMembers(head, FieldName.CONNECTION);
        while (members.next()) {
            boolean close = members.is(FieldName.CLOSE);
            if (close ? head.has(FieldName.CLOSE) : !HOP_BY_HOP.has(head.bytes(), members.start(), members.end())) {
                return true;
            }
        }
        return false;
    }

    /** Whether Connection names that field, and it is none that must arrive whatever Connection says. */
    private boolean isNominated(Head head, int field) {
        byte[] bytes = head.bytes();
        if (head.is(field, FieldName.TRANSFER_ENCODING) || head.is(field, FieldName.CONTENT_LENGTH)) {
            return false;
        }
        for (int g = 0; g < guarded.size(); g++) {
            if (head.is(field, guarded.get(g))) {
                return false;
            }
        }
        ListMembers members = new ListMembers(head, FieldName.CONNECTION);
        while (members.next()) {
            if (sameName(bytes, members.start(), members.end(), head.nameStart(field), head.nameEnd(field))) {
                return true;
            }
        }
        return false;
    }

    private static boolean sameName(byte[] bytes, int from, int to, int nameFrom, int nameTo) {
        if (to - from != nameTo - nameFrom) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            if (Octets.lower(bytes[from + i]) != Octets.lower(bytes[nameFrom + i])) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
