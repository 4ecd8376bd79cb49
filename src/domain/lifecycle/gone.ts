import { later } from './merge.ts';
import type { JobState, RunState } from './state.ts';

/*
 * What GitHub says when it is asked. What it no longer knows will never be told to end: it is stale. What it says to be not over is
 * alive, however old it is. Nothing else of the state changes, so a word of it that comes late, or made later than that, is merged as
 * ever; and each answer is kept as a moment of its own, so that the order in which answers and words arrive does not matter.
 */

/** The state once GitHub has said, at `atMs`, that it does not know of this. */
export function markGone<State extends JobState | RunState>(known: State, atMs: number): State {
  return { ...known, goneAtMs: later(known.goneAtMs, atMs) };
}

/** The state once GitHub has said, at `atMs`, that this is not over. */
export function markConfirmed<State extends JobState | RunState>(known: State, atMs: number): State {
  return { ...known, confirmedAtMs: later(known.confirmedAtMs, atMs) };
}

/** Whether GitHub does not know of it, and nothing that tells of its status was made since. */
export function isGone({
  goneAtMs,
  statusAtMs,
  confirmedAtMs,
}: Pick<JobState, 'goneAtMs' | 'statusAtMs' | 'confirmedAtMs'>): boolean {
  return goneAtMs !== null && goneAtMs >= statusAtMs && goneAtMs >= (confirmedAtMs ?? 0);
}
