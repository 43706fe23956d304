/** The configuration file: read whole, checked whole, and turned into immutable records or every error with its place. */
@NullMarked
package dev.headgate.config;

import org.jspecify.annotations.NullMarked;
