package dev.headgate.admin;

import dev.headgate.gate.ForwardedSettings;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.IpAddress;
import dev.headgate.gate.Organization;
import dev.headgate.http.FieldName;
import dev.headgate.netty.ExchangeRecord;
import java.util.LinkedHashMap;
import java.util.Map;

/** What became of the guarded fields on the way upstream, in words. */
final class FieldFates {
    private static final String NOT_SENT = "not sent";
    private static final String KEPT = "kept";

    private final ExchangeRecord exchange;
    private final FieldName requestId;
    private final ForwardedSettings forwarded;
    private final boolean trusted;
    private final boolean sent;

    private FieldFates(ExchangeRecord exchange, GateSettings settings) {
        this.exchange = exchange;
        this.requestId = settings.requestIdHeader();
        this.forwarded = settings.forwarded();
        IpAddress peer = IpAddress.parse(exchange.peer() == null ? exchange.client() : exchange.peer());
        this.trusted = peer != null && forwarded.trusts(peer);
        this.sent = exchange.addedNanos() >= 0;
    }

    /** By field name: those that the request had, those that were added, and Authorization in any case. */
    static Map<String, String> of(ExchangeRecord exchange, GateSettings settings) {
        FieldFates fates = new FieldFates(exchange, settings);
        Organization organization = settings.organization();
        Map<String, String> all = new LinkedHashMap<>();
        boolean readable = !exchange.fields().guarded().names().isEmpty();
        if (readable) {
            all.put("Authorization", "absent");
        }
        for (FieldName name : exchange.fields().names()) {
            boolean its =
                    organization != null && name.matches(organization.header().toString());
            all.put(fates.shown(name, its), its ? fates.organization() : fates.of(name));
        }
        if (fates.sent) {
            all.putIfAbsent("Host", "added: the upstream's");
        }
        all.putIfAbsent(settings.requestIdHeader().toString(), fates.requestId());
        if (organization != null && fates.sent) {
            all.putIfAbsent(organization.header().toString(), fates.organization());
        }
        return all;
    }

    private String of(FieldName name) {
        if (name.matches(requestId.toString())) {
            return requestId();
        }
        if (name.matches("authorization")) {
            return authorization();
        }
        if (!sent) {
            return NOT_SENT;
        }
        if (name.matches("host")) {
            return "set to the upstream's";
        }
        if (name.toString().contains("forwarded") && forwarded.write() != ForwardedSettings.Write.NONE) {
            return forwarded(name);
        }
        if (name.matches("transfer-encoding")) {
            return "re-framed";
        }
        return name.matches("expect") ? "kept, unless the edge has answered it" : KEPT;
    }

    private String forwarded(FieldName name) {
        boolean list = name.matches("x-forwarded-for") || name.matches("forwarded");
        boolean written = name.matches("forwarded")
                ? forwarded.write().forwarded()
                : forwarded.write().xForwarded() && !name.matches("x-forwarded-port");
        if (trusted) {
            return list && written ? "kept, and this hop added" : KEPT;
        }
        return (written ? "replaced" : "left out") + ": the client is not in forwarded.trust";
    }

    private String authorization() {
        return switch (exchange.authorization()) {
            case INTACT -> "intact";
            case ALTERED -> "altered; the exchange was closed";
            case UNSENT -> NOT_SENT;
            case ABSENT -> sent ? KEPT : NOT_SENT;
        };
    }

    /** The answer has it too, so it has a fate even where the request went nowhere. */
    private String requestId() {
        return switch (exchange.idSource()) {
            case CLIENT -> "client's, kept";
            case GENERATED -> "made here";
            case REPLACED -> "replaced: the client's is not usable";
        };
    }

    private String organization() {
        return switch (exchange.organization()) {
            case NONE -> NOT_SENT;
            case ADDED -> "added";
            case KEPT -> "client's, kept";
            case REPLACED -> "replaced";
            case REFUSED -> "refused";
        };
    }

    /** As people write it; a name of the configuration as it is written there. */
    private String shown(FieldName name, boolean configured) {
        String text = name.toString();
        if (configured || name.matches(requestId.toString()) || text.equals("traceparent")) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            if (i == 0 || text.charAt(i - 1) == '-') {
                shown.setCharAt(i, Character.toUpperCase(text.charAt(i)));
            }
        }
        return shown.toString();
    }
}
