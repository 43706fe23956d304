/**
 * Recorded traffic: read from captures, HARs and GoReplay's files, sent once more with new tokens or put to the gate alone,
 * and written in other formats.
 *
 * <p>How a recorded exchange comes to a verdict:
 *
 * <ol>
 *   <li>{@link dev.headgate.replay.Recordings} finds out by its content what a file is; {@code CaptureRecording}, {@code
 *       HarRecording} or {@code GorRecording} gives one {@link dev.headgate.replay.RecordedExchange} after another. What
 *       cannot be replayed is told to {@link dev.headgate.replay.Recording.Problems}, with its place.
 *   <li>{@link dev.headgate.replay.Replay} sends: {@code Planner} finds in each request the {@code OldValue}s, tokens and
 *       ids of the recording, and the {@code Conversation} that it belongs to. The recorded answer to a create call says
 *       which values are whose, the replayed one what stands in their place. {@code PlannedExchange} has what it waits
 *       for: the exchanges before it in its conversation, and the create calls whose values it needs.
 *   <li>When all of that is done, and {@link dev.headgate.replay.Pace} says so, {@code RequestTemplate} fills in the new
 *       values, or {@code Placeholder}'s stand-ins where there are none, and {@code ReplayClient} sends the bytes. What
 *       comes back is a {@link dev.headgate.replay.ReplayedExchange}, which {@code replay.compare} compares and counts.
 *   <li>{@link dev.headgate.replay.OfflineReplay} does without a network: {@code OfflineGate} takes the steps of the edge
 *       and asks the gate, and sessions are learned from the recorded answers, at the recorded times.
 * </ol>
 *
 * <p>{@link dev.headgate.replay.Export} reads in the same way, masks the credentials ({@code Masking}; a capture has none),
 * and writes with an {@code ExchangeWriter}.
 */
@NullMarked
package dev.headgate.replay;

import org.jspecify.annotations.NullMarked;
