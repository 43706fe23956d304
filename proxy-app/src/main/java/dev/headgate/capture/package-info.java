/**
 * Exchanges written to files, without the credentials in them.
 *
 * <p>How an exchange comes to be a line:
 *
 * <ol>
 *   <li>On its event loop, {@link dev.headgate.netty.CapturedExchange} keeps the heads and the beginnings of the bodies
 *       while they pass. At its end {@link dev.headgate.capture.Capture} puts it in a queue, which is bounded by memory;
 *       where that is full, it is dropped and counted.
 *   <li>One thread takes it from there. {@code CapturedParts} takes it apart ({@code FieldLines}, {@code CapturedContent})
 *       and looks where a token or an id is known to stand: in fields by their names ({@code FieldMask}), in targets and
 *       forms ({@code TargetParts}), in JSON ({@code JsonMembers}), as {@code MemberNames} has it for the profile.
 *       {@code Secrets} knows what is found from then on, and gives each value its placeholder.
 *   <li>{@code CaptureLines} writes the line, and {@code MaskedText} each text of it: what was found is replaced, and so is
 *       the same value wherever else it stands, and what looks like a token ({@code Redactions} are the ranges,
 *       {@code JsonText} the buffer).
 *   <li>{@code CaptureFiles} writes whole lines, and closes a file that is full; {@code CaptureArchive} compresses it, on a
 *       thread of its own, and deletes the oldest.
 * </ol>
 */
@NullMarked
package dev.headgate.capture;

import org.jspecify.annotations.NullMarked;
