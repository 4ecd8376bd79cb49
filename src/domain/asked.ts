import type { Delivery } from './delivery.ts';
import type { AskedObservation } from './observation.ts';
import type { Unfinished } from './unfinished.ts';

/*
 * What asking GitHub about a job or run can reveal that no webhook reports: GitHub no longer knows it, or it
 * is still active. Both are deliveries like any other, so they are durable, ordered, and shown by `explain`.
 * Webhooks with these event names are not accepted.
 */

export const GONE_EVENT = 'ant_watcher_gone';
export const CONFIRMED_EVENT = 'ant_watcher_confirmed';

/** That something is still active is stored once in this time, however often GitHub says so. */
export const CONFIRMED_EVERY_MS = 6 * 3_600_000;

/** What GitHub was asked about. */
export type Asked = Omit<Unfinished, 'status' | 'statusAtMs'>;

type AskedPayload = Omit<AskedObservation, 'kind' | 'source' | 'observedAtMs'>;

/** GitHub does not know it. This can be delivered again once another event of the job or run has arrived. */
export function goneDelivery(known: Unfinished, receivedAtMs: number): Delivery {
  return deliveryOf(GONE_EVENT, `gone-${known.statusAtMs}`, known, receivedAtMs);
}

/** GitHub says that it is still active. */
export function confirmedDelivery(asked: Asked, receivedAtMs: number): Delivery {
  const span = Math.floor(receivedAtMs / CONFIRMED_EVERY_MS);
  return deliveryOf(CONFIRMED_EVENT, `confirmed-${span}`, asked, receivedAtMs);
}

function deliveryOf(
  event: string,
  answer: string,
  { jobId, runId, runAttempt, repository, workflow, name }: Asked,
  receivedAtMs: number,
): Delivery {
  const content: AskedPayload = { jobId, runId, runAttempt, repository, workflow, name };
  const subject = jobId === null ? `run-${runId}-${runAttempt}` : `job-${jobId}`;
  return {
    guid: `api-${subject}-${answer}`,
    event,
    action: '',
    source: 'api',
    receivedAtMs,
    payload: JSON.stringify(content),
  };
}

/** What such a delivery reports; null for any other delivery. */
export function readAsked({ event, payload, source, receivedAtMs }: Delivery): AskedObservation | null {
  if (event !== GONE_EVENT && event !== CONFIRMED_EVENT) return null;
  const kind = event === GONE_EVENT ? 'gone' : 'confirmed';
  return { kind, source, observedAtMs: receivedAtMs, ...(JSON.parse(payload) as AskedPayload) };
}
