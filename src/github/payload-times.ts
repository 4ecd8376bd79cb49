import { type Json, latestMsOf, objectOf, timeMsOf } from './fields.ts';

/*
 * The times in a payload. A time in the future is damaged, and not used; unless others of the same payload
 * are there as well: then it is the clock here that is behind.
 */

/** Even a clock that is behind is not further behind than this, unless it shows a time before this was written. */
const FURTHEST_MS = 400 * 24 * 3_600_000;
const WRITTEN_MS = Date.UTC(2026, 10, 1);

/** Reads times of one payload. */
export interface PayloadTimes {
  /** A field in ms since the epoch; null if it is no time, or damaged. */
  of(value: unknown): number | null;
  /** Whether this may have happened by now, as far as the payload shows. */
  hasPassed(ms: number): boolean;
  /** Whether `of` has found a damaged one. */
  readonly hasFuture: boolean;
}

/** `object` is the run or the job, received at `receivedAtMs` by the clock here, in a delivery made at `madeAtMs`. */
export function timesOf(object: Json, receivedAtMs: number, madeAtMs: number | null = null): PayloadTimes {
  let latestMs = latestMsOf(receivedAtMs);
  let isRaised = false;
  let hasFuture = false;

  function hasPassed(ms: number): boolean {
    if (ms > latestMs && !isRaised) {
      isRaised = true;
      const [, second] = [...allTimes(object), ...(madeAtMs === null ? [] : [madeAtMs])].sort(
        (a, b) => b - a,
      );
      const believableMs = Math.max(receivedAtMs, WRITTEN_MS) + FURTHEST_MS;
      if (second !== undefined && second <= believableMs) latestMs = Math.max(latestMs, latestMsOf(second));
    }
    return ms <= latestMs;
  }

  return {
    hasPassed,
    of(value) {
      const ms = timeMsOf(value, Number.POSITIVE_INFINITY);
      if (ms === null || hasPassed(ms)) return ms;
      hasFuture = true;
      return null;
    },
    get hasFuture() {
      return hasFuture;
    },
  };
}

/** What a signed payload shows about the time: it is at least that late, according to this run. */
export function witnessOf(payload: unknown): { readonly atMs: number; readonly run: unknown } | null {
  const job = objectOf(objectOf(payload)?.['workflow_job']);
  const run = objectOf(objectOf(payload)?.['workflow_run']);
  const times = [...ownTimes(job ?? {}), ...ownTimes(run ?? {})];
  return times.length === 0 ? null : { atMs: Math.max(...times), run: job?.['run_id'] ?? run?.['id'] };
}

const FIELDS = ['created_at', 'run_started_at', 'started_at', 'updated_at', 'completed_at'];

function ownTimes(object: Json): number[] {
  return FIELDS.map((field) => timeMsOf(object[field])).filter((ms) => ms !== null);
}

function allTimes(object: Json): number[] {
  const steps = Array.isArray(object['steps']) ? object['steps'] : [];
  return [object, ...steps.map((step) => objectOf(step) ?? {})].flatMap(ownTimes);
}
