import { later } from './merge.ts';
import type { JobState, RunState } from './state.ts';

/*
 * What GitHub says when it is asked. If it no longer knows a job or run, no end will ever be reported: it is
 * stale. If GitHub says that it is active, it is, however old. Nothing else of the state changes, so an
 * observation that arrives late, or is newer, is merged as always. Each answer is kept with its own time, so
 * the order in which answers and observations arrive does not matter.
 */

/** The state after GitHub said, at `atMs`, that it does not know this. */
export function markGone<State extends JobState | RunState>(known: State, atMs: number): State {
  return { ...known, goneAtMs: later(known.goneAtMs, atMs) };
}

/** The state after GitHub said, at `atMs`, that this is still active. */
export function markConfirmed<State extends JobState | RunState>(known: State, atMs: number): State {
  return { ...known, confirmedAtMs: later(known.confirmedAtMs, atMs) };
}

/** Whether GitHub does not know it, and no later event has reported its status. */
export function isGone({
  goneAtMs,
  statusAtMs,
  confirmedAtMs,
}: Pick<JobState, 'goneAtMs' | 'statusAtMs' | 'confirmedAtMs'>): boolean {
  return goneAtMs !== null && goneAtMs >= statusAtMs && goneAtMs >= (confirmedAtMs ?? 0);
}
