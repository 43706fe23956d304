/** HTTP/1.1 message heads as bytes with an index (RFC 9110, RFC 9112). Uses the JDK only. */
@NullMarked
package dev.headgate.http;

import org.jspecify.annotations.NullMarked;
