import type { IncomingMessage } from 'node:http';
import type { Logger, Meter } from '../domain/contracts.ts';
import { PROCESSED_EVENTS } from '../domain/delivery.ts';
import { deliveryTimeMs } from '../domain/delivery-time.ts';
import type { AntError } from '../domain/errors.ts';
import { countOf, histogramIncrements, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { REJECTIONS } from './rejections.ts';

/**
 * Counts and logs what happened to requests. The store counts durable deliveries, in the same transaction.
 */
export interface RequestCounters {
  /** `request` is undefined if none could be parsed. */
  rejected(reason: string, request: IncomingMessage | undefined): void;
  storeFailed(error: AntError): void;
  ignored(event: string, action: unknown): void;
  /** Observes how long the delivery took to arrive, if its id contains a time. */
  accepted(guid: string, receivedAtMs: number): void;
  readonly lastAcceptedAtMs: number | null;
  close(): void;
}

/** A flood of requests must not become a flood of lines. */
const FLOOD_MS = 10_000;

export function openRequestCounters({ meter, logger }: { meter: Meter; logger: Logger }): RequestCounters {
  const refusals = new SparingLog((fields) => logger.warn('request_refused', fields), FLOOD_MS);
  const failures = new SparingLog((fields) => logger.warn('deliveries_not_stored', fields), FLOOD_MS);
  let lastAcceptedAtMs: number | null = null;
  meter.add([
    ...zerosOf(SELF.rejections, [...new Set(Object.values(REJECTIONS).map(({ reason }) => reason))]),
    ...zerosOf(SELF.deliveries, ['none', 'other', 'ping', ...PROCESSED_EVENTS], [''], ['rejected']),
  ]);
  return {
    rejected(reason, request) {
      const event = rejectedEvent(request?.headers['x-github-event']);
      meter.add([countOf(SELF.rejections, [reason]), countOf(SELF.deliveries, [event, '', 'rejected'])]);
      refusals.log({ reason, event, ...(request && describe(request)) }, { key: reason });
    },
    // Another cause is a line at once.
    storeFailed: (error) => void failures.log({ err: error }, { key: error.hint ?? error.code }),
    ignored(event, action) {
      const labels = [labelOf(event), action === undefined ? '' : labelOf(action), 'ignored'];
      meter.add([countOf(SELF.deliveries, labels)]);
    },
    accepted(guid, receivedAtMs) {
      lastAcceptedAtMs = receivedAtMs;
      const sentAtMs = deliveryTimeMs(guid);
      if (sentAtMs === null) return;
      meter.add(histogramIncrements(SELF.deliveryLag, [], Math.max(0, receivedAtMs - sentAtMs)));
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

/** Without the query, which may contain what must not be logged. */
function describe({ method, url, headers, socket }: IncomingMessage): object {
  const forwarded = headers['x-forwarded-for'];
  return {
    method,
    path: url?.split('?', 1)[0]?.slice(0, 100),
    peer: socket.remoteAddress,
    // The nearest proxy wrote its end.
    ...(forwarded !== undefined && { forwarded_for: String(forwarded).slice(-100) }),
  };
}

/** Anybody may cause a rejection, so only names that are known beforehand become label values. */
function rejectedEvent(header: string | string[] | undefined): string {
  if (typeof header !== 'string' || header === '') return 'none';
  return PROCESSED_EVENTS.has(header) || header === 'ping' ? header : 'other';
}

/** GitHub's names as they are. Any other name would make a new series for every spelling. */
function labelOf(name: unknown): string {
  return typeof name === 'string' && /^[a-z_]{1,64}$/.test(name) ? name : 'other';
}
