package dev.headgate.netty;

import dev.headgate.netty.Deadlines.Deadline;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** What the decoders of a connection and of a stream have in common. Confined to the event loop. */
abstract class RequestDecoder extends ChannelInboundHandlerAdapter {
    /** Where what is decoded goes. */
    final Requests requests;

    /** Until when more has to come. */
    final Deadline deadline;

    RequestDecoder(Downstream downstream, Requests requests) {
        this.requests = requests;
        this.deadline = new Deadline() {
            @Override
            void expired() {
                try {
                    late();
                } catch (Throwable e) {
                    downstream.defect(e);
                }
            }
        };
    }

    /** The deadline has passed. */
    abstract void late();

    @Override
    public final void channelReadComplete(ChannelHandlerContext ctx) {
        requests.readComplete();
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            requests.writable();
        }
    }
}
