package dev.headgate.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The bytes that are sent for a recorded request. */
class RequestTemplateTest {
    private final OldValues values = new OldValues(1 << 20);

    private String sent(String fields, String body, String reason, String authorization) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new String(
                template(fields, RecordedBody.of(bytes), reason, "id").filled("target:1", authorization),
                StandardCharsets.UTF_8);
    }

    private RequestTemplate template(String fields, RecordedBody body, String reason, String requestId)
            throws Unsendable {
        List<RecordedField> list = fields.lines()
                .map(line -> new RecordedField(
                        line.substring(0, line.indexOf(':')),
                        line.substring(line.indexOf(':') + 1).strip()))
                .toList();
        RecordedRequest request = new RecordedRequest("POST", "/a?x=old-value-1", list, body);
        return RequestTemplate.of(
                new RecordedExchange("r:1", 0, 0, requestId, null, reason, request, null, false),
                request,
                values,
                false);
    }

    @Test
    void areTheRecordedOnesButForWhatMustDiffer() throws Exception {
        values.of("old-value-1", false).learn("new/1");

        String sent = sent(
                "hOST: recorded\nX_Alias: old-value-1\nAuthorization: Bearer a\nauthorization: Bearer a\n"
                        + "Connection: keep-alive\nKeep-Alive: 5\nContent-Length: 25\ncontent-type: application/json",
                "{\"id\":\"old-value-1\",\"n\": 1}",
                null,
                null);

        assertThat(sent)
                .isEqualTo(
                        "POST /a?x=new%2F1 HTTP/1.1\r\nhOST: target:1\r\nX_Alias: new/1\r\nAuthorization: Bearer a\r\n"
                                + "authorization: Bearer a\r\nContent-Length: 21\r\ncontent-type: application/json\r\n\r\n"
                                + "{\"id\":\"new/1\",\"n\": 1}");
    }

    @Test
    void keepMisuseOfConnectionAndHost() throws Exception {
        assertThat(sent("Host: one\nHost: two\nConnection: close, Authorization", "", "host.invalid", null))
                .contains("\r\nHost: one\r\nHost: two\r\nConnection: close, Authorization\r\n");
        assertThat(sent("Accept: a", "", null, null)).doesNotContain("Host");
        assertThat(new String(
                        template("Accept: a", RecordedBody.NONE, null, null).filled("target:1", null),
                        StandardCharsets.UTF_8))
                .contains("\r\nHost: target:1\r\n");
    }

    @Test
    void areFramedAsTheBodyIs() throws Exception {
        assertThat(sent("Host: a\nTransfer-Encoding: chunked", "hello", null, null))
                .endsWith("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        assertThat(sent("Host: a", "hello", null, null)).endsWith("\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(sent("Host: a", "", null, null)).doesNotContain("Content-Length");
        assertThat(sent("Host: a\nContent-Length: 5\nTransfer-Encoding: chunked", "hello", null, null))
                .endsWith("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    @Test
    void areCompressedAgain() throws Exception {
        byte[] sent = template(
                        "Content-Encoding: gzip", RecordedBody.of("hello".getBytes(StandardCharsets.UTF_8)), null, "i")
                .filled("h", null);

        int end = new String(sent, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
        assertThat(new GZIPInputStream(new ByteArrayInputStream(sent, end, sent.length - end)))
                .hasContent("hello");
    }

    @Test
    void haveTheTokenThatIsAttached() throws Exception {
        assertThat(sent("Host: a", "", null, "Bearer n")).contains("\r\nAuthorization: Bearer n\r\n");
        assertThat(sent("Authorization: [REDACTED]\nHost: a", "", null, "Bearer n"))
                .contains("Authorization: Bearer n\r\nHost")
                .doesNotContain("REDACTED");
    }

    @Test
    void areNotMadeUpWhereTheBodyIsMissing() throws Exception {
        RecordedBody cut = new RecordedBody(new byte[] {'{'}, 10, true);
        assertThatThrownBy(() -> template("Content-Type: application/json", cut, null, "i"))
                .hasMessageContaining("only 1 of 10 bytes");
        assertThatThrownBy(() -> template("Content-Length: 3", RecordedBody.UNKNOWN, null, "i"))
                .hasMessage("its body of 3 bytes was not recorded");
        assertThat(new String(
                        template("Content-Type: application/json", cut, "body.too_large", "i")
                                .filled("h", null),
                        StandardCharsets.UTF_8))
                .endsWith("Content-Length: 10\r\n\r\n{         ");
    }

    @Test
    void areRefusedWhereANewValueWouldSplitThem() throws Exception {
        values.of("old-value-1", false).learn("a\r\n\r\nGET / HTTP/1.1");

        assertThat(sent("Host: a", "", null, null))
                .startsWith("POST /a?x=a%0D%0A%0D%0AGET%20%2F%20HTTP%2F1.1 HTTP/1.1\r\n");
        assertThatThrownBy(() -> sent("X-Id: old-value-1", "", null, null)).isInstanceOf(Unsendable.class);
    }
}
