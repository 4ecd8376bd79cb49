import type { IncomingMessage } from 'node:http';
import type { Logger, Meter } from '../domain/contracts.ts';
import { PROCESSED_EVENTS } from '../domain/delivery.ts';
import { deliveryTimeMs } from '../domain/delivery-time.ts';
import type { AntError } from '../domain/errors.ts';
import { countOf, observationOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { logSparingly } from '../http/log-sparingly.ts';
import { REFUSALS } from './refusals.ts';

/**
 * Counts and logs what became of requests. Deliveries made durable are counted by the store, in the same
 * transaction.
 */
export interface Tally {
  /** `request` is undefined when none could be parsed. */
  refused(reason: string, request: IncomingMessage | undefined): void;
  storeFailed(error: AntError): void;
  ignored(event: string, action: unknown): void;
  /** Observes how long the delivery was on its way, where its id tells. */
  accepted(guid: string, receivedAtMs: number): void;
  readonly lastAcceptedAtMs: number | null;
  close(): void;
}

export function openTally({ meter, logger }: { meter: Meter; logger: Logger }): Tally {
  const refusals = logSparingly(logger, 'Request refused');
  const failures = logSparingly(logger, 'Deliveries could not be stored');
  let lastAcceptedAtMs: number | null = null;
  meter.add([
    ...zerosOf(SELF.rejections, [...new Set(Object.values(REFUSALS).map(({ reason }) => reason))]),
    ...zerosOf(SELF.deliveries, ['none', 'other', 'ping', ...PROCESSED_EVENTS], [''], ['rejected']),
  ]);
  return {
    refused(reason, request) {
      const event = refusedEvent(request?.headers['x-github-event']);
      meter.add([countOf(SELF.rejections, [reason]), countOf(SELF.deliveries, [event, '', 'rejected'])]);
      refusals.warn(reason, { event, ...(request && describe(request)) });
    },
    storeFailed: (error) => failures.warn(error.code, { err: error }),
    ignored(event, action) {
      const labels = [labelOf(event), action === undefined ? '' : labelOf(action), 'ignored'];
      meter.add([countOf(SELF.deliveries, labels)]);
    },
    accepted(guid, receivedAtMs) {
      lastAcceptedAtMs = receivedAtMs;
      const sentAtMs = deliveryTimeMs(guid);
      if (sentAtMs === null) return;
      meter.add(observationOf(SELF.deliveryLag, [], Math.max(0, receivedAtMs - sentAtMs)));
    },
    get lastAcceptedAtMs() {
      return lastAcceptedAtMs;
    },
    close() {
      refusals.close();
      failures.close();
    },
  };
}

/** Without the query, which may hold what is not for the log. */
function describe({ method, url, headers, socket }: IncomingMessage): object {
  const forwarded = headers['x-forwarded-for'];
  return {
    method,
    path: url?.split('?', 1)[0]?.slice(0, 100),
    peer: socket.remoteAddress,
    // Its end is what the nearest proxy wrote.
    ...(forwarded !== undefined && { forwarded_for: String(forwarded).slice(-100) }),
  };
}

/** Whoever is refused may be anybody: only names known beforehand become label values. */
function refusedEvent(header: string | string[] | undefined): string {
  if (typeof header !== 'string' || header === '') return 'none';
  return PROCESSED_EVENTS.has(header) || header === 'ping' ? header : 'other';
}

/** GitHub's own names as they are; anything else would be a new series for every spelling. */
function labelOf(name: unknown): string {
  return typeof name === 'string' && /^[a-z_]{1,64}$/.test(name) ? name : 'other';
}
