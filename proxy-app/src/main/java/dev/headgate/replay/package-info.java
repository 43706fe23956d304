/** Recorded traffic: read from captures, HARs and GoReplay's files, replayed with new tokens, and compared. */
@NullMarked
package dev.headgate.replay;

import org.jspecify.annotations.NullMarked;
