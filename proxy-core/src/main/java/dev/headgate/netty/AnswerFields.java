package dev.headgate.netty;

import dev.headgate.gate.Cors;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.GateSettings;
import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import dev.headgate.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/** The field lines that the edge adds to answers, each with its CRLF. */
final class AnswerFields {
    private static final String VARY = "Vary: Origin\r\n";
    private static final FieldName CACHE_CONTROL = FieldName.of("cache-control");

    private AnswerFields() {}

    /** For an answer with a token in it (RFC 9111 section 5.2.2.5), unless the upstream says so itself. */
    static String noStore(ResponseHead head) {
        return head.listHas(CACHE_CONTROL, "no-store") ? "" : "Cache-Control: no-store\r\n";
    }

    /** What the edge makes of an answer; for a refusal also as RFC 9209 has it. */
    static String diagnosis(@Nullable Diagnosis diagnosis, int status) {
        if (diagnosis == null) {
            return "";
        }
        String code = diagnosis.finding().code();
        String line = "x-headgate-diagnosis: " + code + "\r\n";
        return status == 401 || status == 403
                ? line + "Proxy-Status: headgate; received-status=" + status + "; details=\"" + code + "\"\r\n"
                : line;
    }

    /** Lets scripts read what the edge adds to an answer that they may read. */
    static String cors(RequestHead request, ResponseHead answer, GateSettings settings) {
        Cors cors = settings.cors();
        if (cors == null) {
            boolean readable =
                    request.has(Cors.ORIGIN) && answer.has(Cors.ALLOW_ORIGIN) && Cors.origin(request) != null;
            return readable ? expose(settings) : "";
        }
        String origin = Cors.origin(request);
        return origin != null && cors.allows(origin) ? cors.fields(origin) + expose(settings) : VARY;
    }

    /** Likewise for an answer of the edge's own, which a page of any origin may read where none is configured. */
    static String cors(@Nullable RequestHead request, GateSettings settings) {
        String origin = request == null ? null : Cors.origin(request);
        if (origin == null) {
            return "";
        }
        Cors cors = settings.cors();
        if (cors == null) {
            return Cors.fields(origin, false) + expose(settings);
        }
        return cors.allows(origin) ? cors.fields(origin) + expose(settings) : "";
    }

    private static String expose(GateSettings settings) {
        return "Access-Control-Expose-Headers: " + settings.requestIdHeader()
                + ", x-headgate-reason, x-headgate-diagnosis, Proxy-Status, WWW-Authenticate, ININ-Correlation-Id\r\n";
    }
}
