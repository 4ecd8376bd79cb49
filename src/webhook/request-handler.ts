import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../domain/contracts.ts';
import type { JsonResponse } from '../http/json-response.ts';
import { createBodyReader, type UnreadBody } from '../http/read-body.ts';
import { pathMatcher } from '../http/request-path.ts';
import { verifySignature } from '../http/signature.ts';
import { traced, type Work } from '../timing/traced.ts';
import type { AcceptPayload } from './accept-payload.ts';
import { checkHead, type DeliveryHead } from './check-head.ts';
import { decodeBody } from './decode-body.ts';
import type { Guard } from './guard.ts';
import type { Sender } from './rate-limiter.ts';
import { REJECTIONS, type Rejection, rateLimited } from './rejections.ts';
import type { Responder } from './responder.ts';
import type { WebhookRules } from './rules.ts';

export interface RequestHandlerOptions {
  readonly paths: readonly string[];
  readonly rules: () => WebhookRules;
  readonly guard: Guard;
  readonly responder: Responder;
  readonly bodyLimitBytes: number;
  readonly acceptPayload: AcceptPayload;
  readonly logger: Logger;
  /** Why no delivery can be accepted now, or null. */
  readonly whyUnavailable: () => Rejection | null;
}

type Result = JsonResponse | Rejection | UnreadBody;

const ALIVE: JsonResponse = { status: 200, body: '{"status":"ok"}' };

/** How many bodies of the maximum size may be in memory together while they are read. */
const BODIES_AT_ONCE = 4;

/** An unread body up to this size is cheaper to discard than a new connection is to make. */
const DISCARDED_BYTES = 64 * 1024;

const UNREAD: Readonly<Record<Exclude<UnreadBody, 'aborted'>, Rejection>> = {
  too_large: REJECTIONS.body_too_large,
  no_room: REJECTIONS.overloaded,
};

/**
 * Handles the requests of the listener. It checks where a request comes from, checks the head, reads the
 * body, verifies the signature, decodes the body, has the payload accepted, and responds. Nothing is decoded
 * unless it is authentic.
 */
export class RequestHandler {
  readonly #options: RequestHandlerOptions;
  readonly #takes: (path: string) => boolean;
  readonly #readBody: ReturnType<typeof createBodyReader>;

  constructor(options: RequestHandlerOptions) {
    this.#options = options;
    this.#takes = pathMatcher(options.paths);
    this.#readBody = createBodyReader(options.bodyLimitBytes, BODIES_AT_ONCE * options.bodyLimitBytes);
  }

  /**
   * Handles one request. `proceed` sends `100 Continue` to a client that waits for it before it sends the
   * body.
   */
  async handle(request: IncomingMessage, response: ServerResponse, proceed?: () => void): Promise<void> {
    const { responder, logger } = this.#options;
    // Requests that keep coming on such a connection would pile up here without ever being answered.
    if (responder.isDone(request.socket)) return void request.socket.destroy();
    try {
      await traced(
        () => workOf(request),
        async (work) => {
          await this.#answer(request, response, proceed);
          if (work !== null && response.headersSent)
            work.attributes['http.response.status_code'] = response.statusCode;
        },
      );
    } catch (error) {
      // A bug that one request triggers must not keep us from receiving all others.
      logger.error('delivery_handler_failed', { err: error });
      responder.reject(request, response, REJECTIONS.internal_error, { isUnread: !request.complete });
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, proceed?: () => void): Promise<void> {
    const { guard, responder, bodyLimitBytes, whyUnavailable } = this.#options;
    const head = checkHead(request, this.#takes, bodyLimitBytes);
    if (head.kind === 'livez') return responder.send(response, ALIVE);
    const admission = guard.admit(request);
    const unread = { isUnread: proceed !== undefined || mayBeLarge(request) };
    if ('waitSeconds' in admission)
      return responder.rejectLater(request, response, rateLimited(admission.waitSeconds));
    if ('rejection' in admission) return responder.reject(request, response, admission.rejection, unread);
    const { sender } = admission;
    if (head.kind === 'rejected') {
      guard.failed(sender, 0);
      return responder.reject(request, response, head.rejection, unread);
    }
    const rejection = whyUnavailable();
    if (rejection !== null) return responder.reject(request, response, rejection, unread);

    proceed?.();
    // Only `#take` knows the body and the payload: whatever this function holds while the delivery waits for
    // the disk would outlive the young generation of the garbage collector, at twice the cost.
    const result = await this.#readBody(request).then<Result>((body) =>
      this.#take(request.headers, head, body, sender),
    );
    if (result === 'aborted') return;
    if (typeof result === 'string')
      return responder.reject(request, response, UNREAD[result], { isUnread: true });
    if ('reason' in result) responder.reject(request, response, result);
    else responder.send(response, result);
  }

  #take(
    headers: IncomingHttpHeaders,
    { signature, form }: DeliveryHead,
    body: Buffer | UnreadBody,
    sender: Sender,
  ): ReturnType<AcceptPayload> | UnreadBody {
    const { guard, rules, acceptPayload, bodyLimitBytes } = this.#options;
    if (typeof body === 'string') {
      guard.failed(sender, body === 'too_large' ? bodyLimitBytes : 0);
      return body;
    }
    if (!verifySignature(body, signature, rules().keys)) {
      guard.failed(sender, body.length);
      return REJECTIONS.wrong_signature;
    }
    guard.succeeded(sender);
    const decoded = decodeBody(body, form);
    return 'rejection' in decoded ? decoded.rejection : acceptPayload(headers, decoded.payload);
  }
}

function workOf({ method = '', headers }: IncomingMessage): Work {
  const event = headers['x-github-event'];
  const named = typeof event === 'string' && /^[a-z_]{1,40}$/.test(event) ? { 'github.event': event } : {};
  return {
    name: `${method} webhook`,
    kind: 'server',
    attributes: { 'http.request.method': method, ...named },
    isRoot: true,
  };
}

function mayBeLarge({ headers }: IncomingMessage): boolean {
  return (
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > DISCARDED_BYTES
  );
}
