package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.uring.IoUring;
import org.junit.jupiter.api.Test;

class TransportTest {
    /** Otherwise a connection that is not to be read any more may be read on, without bound: {@link BackpressureTest}. */
    @Test
    void onIoUringEachReceiveIsAskedFor() {
        assumeTrue(Transport.IO_URING.isAvailable());
        assertThat(IoUring.isRecvMultishotEnabled()).isFalse();
    }
}
