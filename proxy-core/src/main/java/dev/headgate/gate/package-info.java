/** Decides whether a request may go on: pure functions, no clock, no input or output. */
@NullMarked
package dev.headgate.gate;

import org.jspecify.annotations.NullMarked;
