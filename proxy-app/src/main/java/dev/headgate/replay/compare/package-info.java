/** What differs between recorded exchanges and their replay: found, counted by kind, and reported. */
@NullMarked
package dev.headgate.replay.compare;

import org.jspecify.annotations.NullMarked;
