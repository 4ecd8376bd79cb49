import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../domain/contracts.ts';
import type { JsonAnswer } from '../http/answer.ts';
import { createBodyReader, type UnreadBody } from '../http/read-body.ts';
import { pathOf } from '../http/request-path.ts';
import { verifySignature } from '../http/signature.ts';
import { checkHead, type DeliveryHead } from './check-head.ts';
import { decodeBody } from './decode-body.ts';
import type { Guard } from './guard.ts';
import type { Intake } from './intake.ts';
import type { Applicant } from './rate-limiter.ts';
import { REFUSALS, type Refusal, rateLimited } from './refusals.ts';
import type { Replies } from './replies.ts';
import type { WebhookRules } from './rules.ts';

export interface ReceiverOptions {
  readonly path: string;
  readonly rules: () => WebhookRules;
  readonly guard: Guard;
  readonly replies: Replies;
  readonly bodyLimitBytes: number;
  readonly intake: Intake;
  readonly logger: Logger;
  /** Why nothing can be taken at the moment, or null. */
  readonly obstacle: () => Refusal | null;
}

/**
 * Answers one request. `proceed` sends `100 Continue` to a client that waits for it before it sends the body.
 */
export type Receive = (
  request: IncomingMessage,
  response: ServerResponse,
  proceed?: () => void,
) => Promise<void>;

type Taken = JsonAnswer | Refusal | UnreadBody;

const ALIVE: JsonAnswer = { status: 200, body: '{"status":"ok"}' };

/** Bodies of the largest allowed size that may be in memory together while they are read. */
const BODIES_AT_ONCE = 4;

/** An unread body up to this size is cheaper to throw away than a new connection is to make. */
const DISCARDED_BYTES = 64 * 1024;

const UNREAD: Readonly<Record<Exclude<UnreadBody, 'aborted'>, Refusal>> = {
  too_large: REFUSALS.body_too_large,
  no_room: REFUSALS.overloaded,
};

/**
 * Makes the handler of the listener: look at where it comes from, check the head, read the body, verify its
 * signature, decode it, hand it in, answer. Nothing that is not authentic is decoded.
 */
export function createReceiver(options: ReceiverOptions): Receive {
  const { rules, guard, replies, bodyLimitBytes, intake, logger, obstacle } = options;
  const path = pathOf(options.path);
  const readBody = createBodyReader(bodyLimitBytes, BODIES_AT_ONCE * bodyLimitBytes);

  const handle: Receive = async (request, response, proceed) => {
    const head = checkHead(request, path, bodyLimitBytes);
    if (head.kind === 'livez') return replies.answer(response, ALIVE);
    const admission = guard.admit(request);
    const unread = { isUnread: proceed !== undefined || mayBeLarge(request) };
    if ('waitSeconds' in admission)
      return replies.hold(request, response, rateLimited(admission.waitSeconds));
    if ('refusal' in admission) return replies.refuse(request, response, admission.refusal, unread);
    const { applicant } = admission;
    if (head.kind === 'refused') {
      guard.failed(applicant, 0);
      return replies.refuse(request, response, head.refusal, unread);
    }
    const refusal = obstacle();
    if (refusal !== null) return replies.refuse(request, response, refusal, unread);

    proceed?.();
    // Body and payload are only known inside of `take`: what this function holds while the delivery waits for
    // the disk would outlive the young garbage, at twice the cost.
    const result = await readBody(request).then<Taken>((body) =>
      take(request.headers, head, body, applicant),
    );
    if (result === 'aborted') return;
    if (typeof result === 'string')
      return replies.refuse(request, response, UNREAD[result], { isUnread: true });
    if ('reason' in result) replies.refuse(request, response, result);
    else replies.answer(response, result);
  };

  function take(
    headers: IncomingHttpHeaders,
    { signature, form }: DeliveryHead,
    body: Buffer | UnreadBody,
    applicant: Applicant,
  ): ReturnType<Intake> | UnreadBody {
    if (typeof body === 'string') {
      guard.failed(applicant, body === 'too_large' ? bodyLimitBytes : 0);
      return body;
    }
    if (!verifySignature(body, signature, rules().keys)) {
      guard.failed(applicant, body.length);
      return REFUSALS.wrong_signature;
    }
    guard.succeeded(applicant);
    const decoded = decodeBody(body, form);
    return 'refusal' in decoded ? decoded.refusal : intake(headers, decoded.payload);
  }

  return async (request, response, proceed) => {
    // Whoever goes on would only gather requests here that are never answered.
    if (replies.areOver(request.socket)) return void request.socket.destroy();
    try {
      await handle(request, response, proceed);
    } catch (error) {
      // A fault of ours that one request shows must not stop the receipt of all others.
      logger.error('Delivery could not be handled', { err: error });
      replies.refuse(request, response, REFUSALS.internal_error, { isUnread: !request.complete });
    }
  };
}

function mayBeLarge({ headers }: IncomingMessage): boolean {
  return (
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > DISCARDED_BYTES
  );
}
