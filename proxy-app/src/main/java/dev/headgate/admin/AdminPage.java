package dev.headgate.admin;

import io.netty.handler.codec.http.FullHttpRequest;

/** Answers GET and HEAD of one path. Runs on the admin port's only thread, so it must not take long. */
@FunctionalInterface
public interface AdminPage {
    AdminResponse get(FullHttpRequest request);
}
