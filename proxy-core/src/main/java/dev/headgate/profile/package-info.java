/** Endpoints as data: what they teach the edge, and what they guard. */
@NullMarked
package dev.headgate.profile;

import org.jspecify.annotations.NullMarked;
