import type { Delivery } from '../domain/delivery.ts';
import { deliveryTimeMs } from '../domain/delivery-time.ts';
import { type Json, latestMsOf, objectOf, timeMsOf } from './fields.ts';

/*
 * The times in a payload. A time in the future is damaged, and not used; unless others of the same payload
 * are there as well: then it is the clock here that is behind.
 */

/** Even a clock that is behind is not further behind than this, unless it shows a time before this was written. */
const FURTHEST_MS = 400 * 24 * 3_600_000;
const WRITTEN_MS = Date.UTC(2026, 10, 1);

/** Reads the times of the run or the job in one delivery. */
export class PayloadTimes {
  /** When the delivery was made, if its id contains a time. */
  readonly madeAtMs: number | null;
  readonly #object: Json;
  readonly #receivedAtMs: number;
  #latestMs: number;
  #isRaised = false;
  #hasFuture = false;

  constructor(object: Json, { guid, receivedAtMs }: Pick<Delivery, 'guid' | 'receivedAtMs'>) {
    this.madeAtMs = deliveryTimeMs(guid);
    this.#object = object;
    this.#receivedAtMs = receivedAtMs;
    this.#latestMs = latestMsOf(receivedAtMs);
  }

  /** A field in ms since the epoch; null if it is no time, or damaged. */
  of(value: unknown): number | null {
    const ms = timeMsOf(value, Number.POSITIVE_INFINITY);
    if (ms === null || this.hasPassed(ms)) return ms;
    this.#hasFuture = true;
    return null;
  }

  /** Whether this may have happened by now, as far as the payload shows. */
  hasPassed(ms: number): boolean {
    if (ms > this.#latestMs && !this.#isRaised) this.#raise();
    return ms <= this.#latestMs;
  }

  /** Whether `of` has found a damaged one. */
  get hasFuture(): boolean {
    return this.#hasFuture;
  }

  #raise(): void {
    this.#isRaised = true;
    const made = this.madeAtMs === null ? [] : [this.madeAtMs];
    const [, second] = [...allTimes(this.#object), ...made].sort((a, b) => b - a);
    const believableMs = Math.max(this.#receivedAtMs, WRITTEN_MS) + FURTHEST_MS;
    if (second === undefined || second > believableMs) return;
    this.#latestMs = Math.max(this.#latestMs, latestMsOf(second));
  }
}

/** What a signed payload shows about the time: it is at least that late, according to this run. */
export function witnessOf(payload: unknown): { readonly atMs: number; readonly run: unknown } | null {
  const job = objectOf(objectOf(payload)?.['workflow_job']);
  const run = objectOf(objectOf(payload)?.['workflow_run']);
  const atMs = Math.max(latestOf(job), latestOf(run));
  return atMs === 0 ? null : { atMs, run: job?.['run_id'] ?? run?.['id'] };
}

/** Its latest time; 0 if it has none. */
function latestOf(object: Json | null): number {
  let latestMs = 0;
  if (object !== null)
    for (const field of FIELDS) latestMs = Math.max(latestMs, timeMsOf(object[field]) ?? 0);
  return latestMs;
}

const FIELDS = ['created_at', 'run_started_at', 'started_at', 'updated_at', 'completed_at'];

function ownTimes(object: Json): number[] {
  return FIELDS.map((field) => timeMsOf(object[field])).filter((ms) => ms !== null);
}

function allTimes(object: Json): number[] {
  const steps = Array.isArray(object['steps']) ? object['steps'] : [];
  return [object, ...steps.map((step) => objectOf(step) ?? {})].flatMap(ownTimes);
}
