/** What is told to operators: the access log, the metrics, and the diagnostics on standard error. */
@NullMarked
package dev.headgate.observe;

import org.jspecify.annotations.NullMarked;
