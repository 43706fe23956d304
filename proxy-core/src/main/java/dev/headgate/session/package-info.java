/** What the edge knows about credentials and the sessions they are bound to. */
@NullMarked
package dev.headgate.session;

import org.jspecify.annotations.NullMarked;
