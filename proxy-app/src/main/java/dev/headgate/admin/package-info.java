/** The admin port: metrics, probes, explanations and sessions, apart from the proxy's listeners and event loops. */
@NullMarked
package dev.headgate.admin;

import org.jspecify.annotations.NullMarked;
