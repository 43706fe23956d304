/**
 * A stand-in for Genesys' guest APIs, for the demo, the tests and people who try their chat client against it. It stands
 * on Netty's own HTTP codecs and on nothing of the proxy's core, so that it reads the wire independently of the proxy.
 */
@NullMarked
package dev.headgate.sandbox;

import org.jspecify.annotations.NullMarked;
