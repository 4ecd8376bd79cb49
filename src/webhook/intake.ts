import type { IncomingHttpHeaders } from 'node:http';
import type { Clock, Logger } from '../domain/contracts.ts';
import { type Delivery, PROCESSED_EVENTS } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import type { JsonAnswer } from '../http/answer.ts';
import type { Payload } from './decode-body.ts';
import type { GroupCommit } from './group-commit.ts';
import { missingSubscriptions } from './ping.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import type { Tally } from './request-counters.ts';
import type { WebhookRules } from './rules.ts';

/** Reads a payload of a processed event: its action, and the part of it to keep, as JSON. */
export type ReadPayload = (event: string, payload: unknown) => { action: string; payload: string };

export interface IntakeOptions {
  readonly rules: () => Pick<WebhookRules, 'maxWaiting'>;
  readonly commits: GroupCommit;
  readonly tally: Tally;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly read: ReadPayload;
}

/**
 * Takes an authentic payload, or refuses it. Resolves when the delivery is durable or there is nothing to
 * keep.
 */
export type Intake = (
  headers: IncomingHttpHeaders,
  payload: Payload,
) => Promise<JsonAnswer | Refusal> | JsonAnswer | Refusal;

const ANSWERS = {
  accepted: { status: 202, body: '{"status":"accepted"}' },
  duplicate: { status: 202, body: '{"status":"duplicate"}' },
  ignored: { status: 202, body: '{"status":"ignored"}' },
} as const satisfies Record<string, JsonAnswer>;

export function createIntake({ rules, commits, tally, logger, clock, read }: IntakeOptions): Intake {
  async function store(delivery: Delivery): Promise<JsonAnswer | Refusal> {
    if (commits.waiting >= rules().maxWaiting) return REFUSALS.overloaded;
    try {
      const outcome = await commits.accept(delivery);
      if (outcome === 'accepted') tally.accepted(delivery.guid, delivery.receivedAtMs);
      return ANSWERS[outcome];
    } catch (error) {
      if (!(error instanceof AntError)) throw error;
      tally.storeFailed(error);
      return REFUSALS.store_unavailable;
    }
  }

  function greet(ping: Payload): void {
    logger.info('Webhook pinged', { hook: ping.hook_id });
    const missing = missingSubscriptions(ping);
    if (missing.length > 0) logger.warn('Webhook does not send all events', { hook: ping.hook_id, missing });
  }

  // Not async: what an async function was given stays alive until it is done, and payloads are large.
  return (headers, payload) => {
    const event = nameIn(headers['x-github-event']);
    if (event === null) return REFUSALS.event_header;
    const guid = nameIn(headers['x-github-delivery']);
    if (guid === null) return REFUSALS.delivery_header;
    if (PROCESSED_EVENTS.has(event)) {
      return store({ guid, event, source: 'webhook', receivedAtMs: clock(), ...read(event, payload) });
    }
    if (event === 'ping') greet(payload);
    tally.ignored(event, payload.action);
    return ANSWERS.ignored;
  };
}

/** A header's value, if it can serve as a name: 1 to 200 printable ASCII characters. */
function nameIn(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\x20-\x7e]{1,200}$/.test(header) ? header : null;
}
