import type { AnswerCode } from '../domain/error-codes.ts';
import { answerOf, type JsonAnswer } from '../http/answer.ts';

/** A request that is not taken: the reason as counted and logged, and what the client is told. */
export interface Refusal {
  readonly reason: string;
  readonly answer: JsonAnswer;
}

const NOT_SIGNED = 'The request is not signed with a secret that is known here.';

/** Every reason to refuse a request: the values of `ant_watcher_rejections_total{reason}`. */
export const REFUSALS = {
  not_found: refuse('not_found'),
  method_not_allowed: refuse('method_not_allowed'),
  missing_host: refuse('missing_host'),
  missing_signature: refuseAs('unauthorized', 'missing_signature', NOT_SIGNED),
  wrong_signature: refuseAs('unauthorized', 'wrong_signature', NOT_SIGNED),
  sha1_signature: refuseAs(
    'unauthorized',
    'sha1_signature',
    `${NOT_SIGNED} Only X-Hub-Signature-256 (SHA-256) counts, not X-Hub-Signature (SHA-1).`,
  ),
  content_type: refuse('content_type'),
  content_encoding: refuse('content_encoding'),
  body_too_large: refuse('body_too_large'),
  event_header: refuse('event_header'),
  delivery_header: refuse('delivery_header'),
  invalid_utf8: refuse('invalid_utf8'),
  invalid_form: refuse('invalid_form'),
  invalid_json: refuse('invalid_json'),
  malformed_request: refuse('malformed_request'),
  timeout: refuse('timeout'),
  headers_too_large: refuse('headers_too_large'),
  too_many_headers: refuseAs('headers_too_large', 'too_many_headers', 'The request has too many headers.'),
  transfer_encoding: refuseAs(
    'content_encoding',
    'transfer_encoding',
    'The body may be chunked, but not otherwise encoded.',
  ),
  address_not_allowed: refuseAs(
    'forbidden',
    'address_not_allowed',
    'Requests from this address are not taken.',
  ),
  addresses_unknown: refuse('addresses_unknown'),
  rate_limited: refuse('rate_limited'),
  overloaded: refuseAs('overloaded', 'overloaded', 'Too many deliveries are waiting.'),
  memory_short: refuse('memory_short'),
  store_unavailable: refuseAs('store_unavailable', 'store_unavailable', 'The delivery could not be stored.'),
  shutting_down: refuse('shutting_down'),
  internal_error: refuseAs(
    'internal_error',
    'internal_error',
    'The delivery could not be taken because of a fault in the service.',
  ),
} as const satisfies Record<string, Refusal>;

/** A refusal that is counted by the code it is answered with. */
function refuse(code: AnswerCode): Refusal {
  return { reason: code, answer: answerOf(code) };
}

function refuseAs(code: AnswerCode, reason: string, message: string): Refusal {
  return { reason, answer: answerOf(code, { message }) };
}

/** `rate_limited`, telling after how many seconds to try again. */
export function rateLimited(waitSeconds: number): Refusal {
  const { reason, answer } = REFUSALS.rate_limited;
  return { reason, answer: { ...answer, headers: { 'Retry-After': String(waitSeconds) } } };
}

/** `method_not_allowed`, telling which methods are. */
export function methodNotAllowed(allow: string): Refusal {
  const { reason, answer } = REFUSALS.method_not_allowed;
  return { reason, answer: { ...answer, headers: { Allow: allow } } };
}
