/** Where a delivery came from. `webhook`: GitHub sent it; `redelivery`: fetched from GitHub's delivery log;
 * `api`: built from a REST listing; `replay`: sent again by an operator; `job`: pushed by a job. */
export type DeliverySource = 'webhook' | 'redelivery' | 'api' | 'replay' | 'job';

/**
 * One event as GitHub reported it, on its way to the collector.
 *
 * `payload` is JSON with GitHub's own field names, reduced to the part that ant-watcher reads
 * (docs/decisions/0003-store-the-part-we-read.md).
 */
export interface Delivery {
  /** `X-GitHub-Delivery`: the same for every redelivery, and for every hook that gets the event. */
  readonly guid: string;
  /** `X-GitHub-Event`, for example `workflow_job`. */
  readonly event: string;
  /** The payload's `action`, or empty if the event has none. */
  readonly action: string;
  readonly source: DeliverySource;
  readonly receivedAtMs: number;
  readonly payload: string;
}

/**
 * What happened to a delivery that was handed to the inbox. Both mean that it is durable: respond with 2xx.
 */
export type AcceptOutcome = 'accepted' | 'duplicate';

/** A delivery leased for processing. It stays in the store until a transaction has finished it. */
export interface LeasedDelivery extends Delivery {
  readonly id: number;
  /** How often processing it has failed so far. */
  readonly attempts: number;
  /**
   * Whether another process had put it into the queue. Absent where one process at a time uses the store: there nobody
   * knows.
   */
  readonly isTakenOver?: boolean;
}

/**
 * A delivery that has now failed `attempts` times, last with `error` (null: the one already recorded). With
 * `retryAtMs` it is tried again at that time, without it is parked.
 */
export interface FailedDelivery {
  readonly id: number;
  readonly attempts: number;
  readonly error: string | null;
  readonly retryAtMs?: number;
}

/** A delivery that was given up on, with the error of its last attempt. */
export interface ParkedDelivery {
  readonly guid: string;
  readonly event: string;
  readonly action: string;
  readonly receivedAtMs: number;
  readonly parkedAtMs: number;
  readonly attempts: number;
  readonly error: string;
}

/** How many deliveries wait, and since when. */
export interface QueueStatus {
  readonly pending: number;
  readonly retrying: number;
  readonly parked: number;
  /** When the oldest delivery that is pending or retrying was received. */
  readonly oldestMs: number | null;
}

/** The events that are processed. Any other is answered with 202 and only counted. */
export const PROCESSED_EVENTS: ReadonlySet<string> = new Set([
  'workflow_run',
  'workflow_job',
  'workflow_dispatch',
  'repository',
  'custom_property_values',
  'deployment',
  'deployment_status',
  'deployment_review',
  'deployment_protection_rule',
]);
