package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.WireClient.Answer;
import dev.headgate.session.CaffeineSessionStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests with an edge of their own, each of whose records they take. */
@ExtendWith(LeakWatch.AfterClass.class)
abstract class GuardedWireTest {
    final GuardedEdge edge;

    GuardedWireTest() {
        this(1);
    }

    /**
     * @param threads of the edge
     */
    GuardedWireTest(int threads) {
        edge = new GuardedEdge(GuardedEdge.ENFORCE, clock -> new CaffeineSessionStore(1000, clock), threads);
    }

    @AfterEach
    void everyRecordWasTaken() {
        edge.close();
        assertThat(edge.records).as("records beyond one for each request").isEmpty();
    }

    /** Refused as the contract says, and unseen upstream. */
    ExchangeRecord refused(String request, Reason reason, String detail) throws Exception {
        int before = edge.api.seen.size();
        Answer answer = edge.ask(request);
        ExchangeRecord record = edge.record();
        Refusals.check(answer, reason, detail, record);
        assertThat(edge.api.seen).as("requests that the upstream saw").hasSize(before);
        return record;
    }

    /** Answered by the upstream, with nothing to say against it. */
    ExchangeRecord passed(String request) throws Exception {
        int before = edge.api.seen.size();
        Answer answer = edge.ask(request);
        ExchangeRecord record = edge.record();
        assertThat(answer.names()).doesNotContain("x-headgate-reason", "x-headgate-diagnosis");
        assertThat(record.verdict())
                .as("%s %s", record.reason(), record.detail())
                .isEqualTo(VerdictKind.ALLOW);
        assertThat(record.upstreamStatus()).isEqualTo(answer.status());
        assertThat(edge.api.seen).as("requests that the upstream saw").hasSize(before + 1);
        return record;
    }

    /** Answered by the upstream with that status, whatever the edge makes of it. */
    Answer answered(String request, int status) throws Exception {
        Answer answer = edge.ask(request);
        assertThat(answer.status()).as(answer.head() + answer.body()).isEqualTo(status);
        assertThat(edge.record().upstreamStatus()).isEqualTo(status);
        return answer;
    }
}
