/** The command line, and the server that assembles the core. */
@NullMarked
package dev.headgate.app;

import org.jspecify.annotations.NullMarked;
