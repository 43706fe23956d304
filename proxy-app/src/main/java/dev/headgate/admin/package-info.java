/** The admin port: metrics and probes, apart from the proxy's listeners and event loops. */
@NullMarked
package dev.headgate.admin;

import org.jspecify.annotations.NullMarked;
