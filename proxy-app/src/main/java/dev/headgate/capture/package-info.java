/** Exchanges written to files, without the credentials in them. */
@NullMarked
package dev.headgate.capture;

import org.jspecify.annotations.NullMarked;
