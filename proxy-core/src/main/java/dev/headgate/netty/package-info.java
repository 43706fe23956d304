/** The handlers: a request's way from the downstream connection to the upstream one and back. */
@NullMarked
package dev.headgate.netty;

import org.jspecify.annotations.NullMarked;
