import type { JobState, RunState } from '../domain/lifecycle/state.ts';

/** What is kept together: all jobs with one name in one run, or one run attempt. */
export interface Entry {
  readonly kind: 'job' | 'run';
  readonly key: string;
  readonly jobs: readonly JobState[];
  readonly runs: readonly RunState[];
  /** An estimate. */
  readonly bytes: number;
  /** No more events are expected for it. */
  readonly isFinal: boolean;
  /** The position in the outbox after its last sample; 0 until this process has stored something of it. */
  readonly endSeq: number;
  /** When it was read or written. */
  readonly touchedAtMs: number;
}

/** What a state, and an entry, take besides their texts. */
const OBJECT_BYTES = 600;
const LABEL_BYTES = 32;

/** When it was touched, and the position of the outbox then. */
type LastUse = Pick<Entry, 'touchedAtMs' | 'endSeq'>;

export function jobsEntry(key: string, jobs: readonly JobState[], lastUse: LastUse): Entry {
  return { kind: 'job', key, jobs, runs: [], ...weighed(jobs), ...lastUse };
}

export function runEntry(key: string, runs: readonly RunState[], lastUse: LastUse): Entry {
  return { kind: 'run', key, jobs: [], runs, ...weighed(runs), ...lastUse };
}

function weighed(states: readonly { readonly status: string }[]): Pick<Entry, 'bytes' | 'isFinal'> {
  return {
    isFinal: states.length > 0 && states.every(({ status }) => status === 'completed'),
    bytes: states.reduce((sum, state) => sum + bytesOf(state), OBJECT_BYTES),
  };
}

function bytesOf<State extends object>(state: State): number {
  let bytes = OBJECT_BYTES;
  for (const key in state) {
    const value: unknown = state[key];
    if (typeof value === 'string') bytes += value.length;
    else if (Array.isArray(value)) for (const text of value) bytes += LABEL_BYTES + String(text).length;
  }
  return bytes;
}
