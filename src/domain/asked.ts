import type { Delivery } from './delivery.ts';
import type { AskedObservation } from './observation.ts';
import type { Unfinished } from './unfinished.ts';

/*
 * What comes of asking GitHub about a job or run, where no webhook would tell it: that GitHub no longer knows it, and that it is still
 * not over. Both go the way of all deliveries, so that they are durable, in their order, and shown by `explain`. Webhooks of these
 * names are not taken.
 */

export const GONE_EVENT = 'ant_watcher_gone';
export const CONFIRMED_EVENT = 'ant_watcher_confirmed';

/** That something is not over is kept once in such a span of time, however often GitHub says it. */
export const CONFIRMED_EVERY_MS = 6 * 3_600_000;

/** Whom the answer is about. */
export type Asked = Omit<Unfinished, 'status' | 'statusAtMs'>;

type Told = Omit<AskedObservation, 'kind' | 'source' | 'observedAtMs'>;

/** GitHub does not know it. It may be told again once something more was heard of the job or run. */
export function goneDelivery(known: Unfinished, receivedAtMs: number): Delivery {
  return deliveryOf(GONE_EVENT, `gone-${known.statusAtMs}`, known, receivedAtMs);
}

/** GitHub says that it is not over. */
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
  const told: Told = { jobId, runId, runAttempt, repository, workflow, name };
  const whose = jobId === null ? `run-${runId}-${runAttempt}` : `job-${jobId}`;
  return {
    guid: `api-${whose}-${answer}`,
    event,
    action: '',
    source: 'api',
    receivedAtMs,
    payload: JSON.stringify(told),
  };
}

/** What such a delivery tells; null for any other. */
export function readAsked({ event, payload, source, receivedAtMs }: Delivery): AskedObservation | null {
  if (event !== GONE_EVENT && event !== CONFIRMED_EVENT) return null;
  const kind = event === GONE_EVENT ? 'gone' : 'confirmed';
  return { kind, source, observedAtMs: receivedAtMs, ...(JSON.parse(payload) as Told) };
}
