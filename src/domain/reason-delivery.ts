import type { Delivery } from './delivery.ts';
import type { FailureReason } from './failure-reason.ts';
import type { AskedOutcome, ReasonObservation } from './observation.ts';

/*
 * What came of asking GitHub for the annotations of a job that failed: a delivery like any other, so it is durable,
 * processed once, and shown by `explain`. Webhooks with this event name are not accepted.
 */

export const REASON_EVENT = 'ant_watcher_reason';

/** A job that failed, and that GitHub has yet to be asked about. */
export interface Unexplained {
  readonly jobId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly repository: string;
  readonly workflow: string;
  readonly name: string;
  /** When its end was reported. */
  readonly statusAtMs: number;
}

/** Selects such jobs, the last that ended first. */
export interface UnexplainedQuery {
  /** Only those that ended before; null: all. */
  readonly beforeMs: number | null;
  /** How many of the first to skip. */
  readonly skip: number;
  readonly limit: number;
}

type Payload = Omit<ReasonObservation, 'kind' | 'source' | 'observedAtMs'>;

/** The annotations were read, and say this. */
export function reasonDelivery(job: Unexplained, reason: FailureReason, receivedAtMs: number): Delivery {
  return deliveryOf(job, { outcome: 'read', reason }, receivedAtMs);
}

/** They never will be read. */
export function unaskedDelivery(
  job: Unexplained,
  outcome: Exclude<AskedOutcome, 'read'>,
  receivedAtMs: number,
): Delivery {
  return deliveryOf(job, { outcome, reason: null }, receivedAtMs);
}

function deliveryOf(
  { jobId, runId, runAttempt, repository, workflow, name }: Unexplained,
  answer: Pick<Payload, 'outcome' | 'reason'>,
  receivedAtMs: number,
): Delivery {
  const content: Payload = { jobId, runId, runAttempt, repository, workflow, name, ...answer };
  return {
    guid: `api-job-${jobId}-reason`,
    event: REASON_EVENT,
    action: '',
    source: 'api',
    receivedAtMs,
    payload: JSON.stringify(content),
  };
}

/** What such a delivery reports; null for any other delivery. */
export function readReason({ event, payload, source, receivedAtMs }: Delivery): ReasonObservation | null {
  if (event !== REASON_EVENT) return null;
  return { kind: 'reason', source, observedAtMs: receivedAtMs, ...(JSON.parse(payload) as Payload) };
}
