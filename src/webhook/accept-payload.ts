import type { IncomingHttpHeaders } from 'node:http';
import type { Clock, Logger } from '../domain/contracts.ts';
import { type Delivery, PROCESSED_EVENTS } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import type { JsonResponse } from '../http/json-response.ts';
import type { Payload } from './decode-body.ts';
import type { GroupCommit } from './group-commit.ts';
import { REJECTIONS, type Rejection } from './rejections.ts';
import type { RequestCounters } from './request-counters.ts';
import type { WebhookRules } from './rules.ts';

/** Reads the payload of a processed event: its action, and the part to keep, as JSON. */
export type ReadPayload = (event: string, payload: unknown) => { action: string; payload: string };

export interface AcceptPayloadOptions {
  readonly rules: () => Pick<WebhookRules, 'maxWaiting'>;
  readonly commits: GroupCommit;
  readonly counters: RequestCounters;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly read: ReadPayload;
}

/**
 * Accepts an authentic payload, or rejects it. Resolves when the delivery is durable, or at once if there is
 * nothing to keep.
 */
export type AcceptPayload = (
  headers: IncomingHttpHeaders,
  payload: Payload,
) => Promise<JsonResponse | Rejection> | JsonResponse | Rejection;

const ANSWERS = {
  accepted: { status: 202, body: '{"status":"accepted"}' },
  duplicate: { status: 202, body: '{"status":"duplicate"}' },
  ignored: { status: 202, body: '{"status":"ignored"}' },
} as const satisfies Record<string, JsonResponse>;

export function createAcceptPayload({
  rules,
  commits,
  counters,
  logger,
  clock,
  read,
}: AcceptPayloadOptions): AcceptPayload {
  // Not async, and nothing here refers to the payload later: it would stay in memory until it is durable.
  function store(delivery: Delivery): Promise<JsonResponse | Rejection> | Rejection {
    if (commits.waiting >= rules().maxWaiting) return REJECTIONS.overloaded;
    const { guid, receivedAtMs } = delivery;
    return commits.accept(delivery).then(
      (outcome) => {
        if (outcome === 'accepted') counters.accepted(guid, receivedAtMs);
        return ANSWERS[outcome];
      },
      (error) => {
        if (!(error instanceof AntError)) throw error;
        counters.storeFailed(error);
        return REJECTIONS.store_unavailable;
      },
    );
  }

  function greet(ping: Payload): void {
    logger.info('Webhook ping received', { hook: ping.hook_id });
    const missing = missingEvents(ping);
    if (missing.length > 0) logger.warn('webhook_events_missing', { hook: ping.hook_id, missing });
  }

  // Not async: the arguments of an async function stay alive until it is done, and payloads are large.
  return (headers, payload) => {
    const event = nameIn(headers['x-github-event']);
    if (event === null) return REJECTIONS.event_header;
    const guid = nameIn(headers['x-github-delivery']);
    if (guid === null) return REJECTIONS.delivery_header;
    if (PROCESSED_EVENTS.has(event)) {
      // Reading it may show that the clock is wrong.
      const kept = read(event, payload);
      return store({ guid, event, source: 'webhook', receivedAtMs: clock(), ...kept });
    }
    if (event === 'ping') greet(payload);
    counters.ignored(event, payload.action);
    return ANSWERS.ignored;
  };
}

/** The value of a header if it can serve as a name: 1 to 200 printable ASCII characters. */
function nameIn(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\x20-\x7e]{1,200}$/.test(header) ? header : null;
}

const NEEDED = ['workflow_job', 'workflow_run'] as const;

/**
 * The events that a hook should send but does not, according to its ping (`hook.events`). Empty if the ping
 * does not list events, like that of a GitHub App without events.
 */
export function missingEvents(ping: Readonly<Record<string, unknown>>): string[] {
  const { hook } = ping;
  const events = typeof hook === 'object' && hook !== null && 'events' in hook ? hook.events : null;
  if (!Array.isArray(events) || events.includes('*')) return [];
  return NEEDED.filter((event) => !events.includes(event));
}
