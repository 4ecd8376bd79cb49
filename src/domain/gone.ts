import type { Delivery } from './delivery.ts';
import type { GoneObservation } from './observation.ts';
import type { Unfinished } from './unfinished.ts';

/*
 * That GitHub no longer knows a job or run. GitHub sends no such event: it is what comes of asking, and goes the way of all
 * deliveries so that it is durable, in its order, and shown by `explain`. Webhooks of that name are not taken.
 */

export const GONE_EVENT = 'ant_watcher_gone';

type Told = Omit<GoneObservation, 'kind' | 'source' | 'observedAtMs'>;

/** The delivery that tells of it. It may be told again once something more was heard of the job or run. */
export function goneDelivery(known: Unfinished, receivedAtMs: number): Delivery {
  const { jobId, runId, runAttempt, repository, workflow, name, statusAtMs } = known;
  const told: Told = { jobId, runId, runAttempt, repository, workflow, name };
  const whose = jobId === null ? `run-${runId}-${runAttempt}` : `job-${jobId}`;
  return {
    guid: `api-${whose}-gone-${statusAtMs}`,
    event: GONE_EVENT,
    action: '',
    source: 'api',
    receivedAtMs,
    payload: JSON.stringify(told),
  };
}

/** What such a delivery tells. */
export function readGone({ payload, source, receivedAtMs }: Delivery): GoneObservation {
  return { kind: 'gone', source, observedAtMs: receivedAtMs, ...(JSON.parse(payload) as Told) };
}
