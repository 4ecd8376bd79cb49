import { later } from './merge.ts';
import type { JobState, RunState } from './state.ts';

/*
 * What GitHub no longer knows will never be told to end: it is stale. Nothing else of it changes, so a word of it that comes
 * late, or made later than that, is merged as ever; and being asked in vain is kept as a moment of its own, so that the
 * order in which it and those words arrive does not matter.
 */

/** The state once GitHub has said, at `atMs`, that it does not know of this. */
export function markGone<State extends JobState | RunState>(known: State, atMs: number): State {
  return { ...known, goneAtMs: later(known.goneAtMs, atMs) };
}

/** Whether GitHub does not know of it, and nothing that tells of its status was made since. */
export function isGone({ goneAtMs, statusAtMs }: Pick<JobState, 'goneAtMs' | 'statusAtMs'>): boolean {
  return goneAtMs !== null && goneAtMs >= statusAtMs;
}
