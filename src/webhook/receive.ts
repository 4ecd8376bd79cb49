import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../domain/contracts.ts';
import { answerAndClose, answerJson, type JsonAnswer } from '../middleware/answer.ts';
import { createBodyReader, type UnreadBody } from '../middleware/read-body.ts';
import { verifySignature } from '../middleware/signature.ts';
import { checkHead, type DeliveryHead } from './check-head.ts';
import { decodeBody } from './decode-body.ts';
import type { Intake } from './intake.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import type { WebhookRules } from './rules.ts';
import type { Tally } from './tally.ts';

export interface ReceiverOptions {
  readonly path: string;
  readonly rules: () => Pick<WebhookRules, 'keys'>;
  readonly bodyLimitBytes: number;
  readonly intake: Intake;
  readonly tally: Tally;
  readonly logger: Logger;
  /** Why nothing can be taken at the moment, or null. */
  readonly obstacle: () => Refusal | null;
  readonly isClosing: () => boolean;
}

/** Answers one request. `proceed` sends `100 Continue` to a client that waits for it before it sends the body. */
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
 * Makes the handler of the listener: check the head, read the body, verify its signature, decode it, hand it in, answer.
 * Nothing that is not authentic is decoded.
 */
export function createReceiver(options: ReceiverOptions): Receive {
  const { path, rules, bodyLimitBytes, intake, tally, logger, obstacle, isClosing } = options;
  const readBody = createBodyReader(bodyLimitBytes, BODIES_AT_ONCE * bodyLimitBytes);

  const handle: Receive = async (request, response, proceed) => {
    const head = checkHead(request, path, bodyLimitBytes);
    if (head.kind === 'livez') return answer(response, ALIVE);
    const isUnread = proceed !== undefined || mayBeLarge(request);
    if (head.kind === 'refused') return refuse(request, response, head.refusal, isUnread);
    const refusal = obstacle();
    if (refusal !== null) return refuse(request, response, refusal, isUnread);

    proceed?.();
    // Body and payload are only known inside of `take`: what this function holds while the delivery waits for the disk
    // would outlive the young garbage, at twice the cost.
    const result = await readBody(request).then<Taken>((body) => take(request.headers, head, body));
    if (result === 'aborted') return;
    if (typeof result === 'string') return refuse(request, response, UNREAD[result], true);
    if ('reason' in result) refuse(request, response, result);
    else answer(response, result);
  };

  function take(
    headers: IncomingHttpHeaders,
    { signature, form }: DeliveryHead,
    body: Buffer | UnreadBody,
  ): ReturnType<Intake> | UnreadBody {
    if (typeof body === 'string') return body;
    if (!verifySignature(body, signature, rules().keys)) return REFUSALS.wrong_signature;
    const decoded = decodeBody(body, form);
    return 'refusal' in decoded ? decoded.refusal : intake(headers, decoded.payload);
  }

  function answer(response: ServerResponse, result: JsonAnswer): void {
    if (isClosing()) response.setHeader('Connection', 'close');
    answerJson(response, result);
  }

  function refuse(
    request: IncomingMessage,
    response: ServerResponse,
    refusal: Refusal,
    unread = false,
  ): void {
    tally.refused(refusal.reason, request);
    if (unread) answerAndClose(request, response, refusal.answer);
    else answer(response, refusal.answer);
  }

  return async (request, response, proceed) => {
    try {
      await handle(request, response, proceed);
    } catch (error) {
      // A fault of ours that one request shows must not stop the receipt of all others.
      logger.error('Delivery could not be handled', { err: error });
      refuse(request, response, REFUSALS.internal_error, !request.complete);
    }
  };
}

function mayBeLarge({ headers }: IncomingMessage): boolean {
  return (
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > DISCARDED_BYTES
  );
}
