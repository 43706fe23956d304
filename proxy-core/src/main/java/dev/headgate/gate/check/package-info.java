/** One class for each rule of the gate. */
@NullMarked
package dev.headgate.gate.check;

import org.jspecify.annotations.NullMarked;
