package dev.headgate.http;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes, a head is either refused or indexed soundly. */
class HeadFuzzTest {
    @MethodSource("dev.headgate.http.Samples#stream")
    @FuzzTest(maxDuration = "10s")
    void head(byte[] data) {
        fuzzerTestOneInput(data);
    }

    /** The driver's own entry, for runs longer than a build. */
    public static void fuzzerTestOneInput(byte[] data) {
        HeadParser parser = new HeadParser(Connection.MAX_FIELDS);
        int length = scanned(data);
        if (length < 0) {
            return;
        }
        byte[] before = data.clone();
        try {
            RequestHead head = parser.request(data, length);
            HeadInvariants.check(head);
            head.isPersistent();
            head.expectsContinue();
            head.authority();
            Framing.of(head);
        } catch (BadHead e) {
            refused(e);
        }
        try {
            ResponseHead head = parser.response(data, length);
            HeadInvariants.fields(head);
            head.isPersistent();
            Framing.of(head, "GET");
        } catch (BadHead e) {
            refused(e);
        }
        try {
            HeadInvariants.fields(parser.trailers(data, length));
        } catch (BadHead e) {
            refused(e);
        }
        if (!Arrays.equals(before, data)) {
            throw new AssertionError("the bytes were written to");
        }
    }

    /** As a whole and octet by octet: one answer. */
    private static int scanned(byte[] data) {
        int whole;
        String fault = null;
        try {
            whole = new HeadScanner().scan(data, data.length);
        } catch (BadHead e) {
            whole = -1;
            fault = refused(e);
        }
        int stepwise = -1;
        String stepFault = null;
        HeadScanner scanner = new HeadScanner();
        try {
            for (int to = 1; to <= data.length && stepwise < 0; to++) {
                stepwise = scanner.scan(data, to);
            }
        } catch (BadHead e) {
            stepFault = refused(e);
        }
        if (stepwise != whole || !Objects.equals(stepFault, fault)) {
            throw new AssertionError(whole + " " + fault + " as a whole, " + stepwise + " " + stepFault + " by octets");
        }
        return whole;
    }

    private static String refused(BadHead e) {
        if (e.getMessage().isEmpty()) {
            throw new AssertionError("a refusal says what is wrong");
        }
        return e.fault() + e.getMessage();
    }
}
