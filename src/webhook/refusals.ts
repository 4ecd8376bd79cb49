import type { OutgoingHttpHeaders } from 'node:http';
import { errorAnswer, type JsonAnswer } from '../middleware/answer.ts';

/** A request that is not taken: the reason as counted and logged, and what the client is told. */
export interface Refusal {
  readonly reason: string;
  readonly answer: JsonAnswer;
}

const RETRY: OutgoingHttpHeaders = { 'Retry-After': '5' };
const NOT_SIGNED = 'The request is not signed with a secret that is known here.';

/** Every reason to refuse a request: the values of `ant_watcher_rejections_total{reason}`. */
export const REFUSALS = {
  not_found: refuse('not_found', 404, 'There is nothing at this path.'),
  method_not_allowed: refuse('method_not_allowed', 405, 'This path does not take this method.'),
  missing_host: refuse('missing_host', 400, 'The request needs a Host header.'),
  missing_signature: refuse('missing_signature', 401, NOT_SIGNED, { code: 'unauthorized' }),
  wrong_signature: refuse('wrong_signature', 401, NOT_SIGNED, { code: 'unauthorized' }),
  sha1_signature: refuse(
    'sha1_signature',
    401,
    `${NOT_SIGNED} Only X-Hub-Signature-256 (SHA-256) counts, not X-Hub-Signature (SHA-1).`,
    { code: 'unauthorized' },
  ),
  content_type: refuse(
    'content_type',
    415,
    'The content type must be application/json or application/x-www-form-urlencoded.',
  ),
  content_encoding: refuse('content_encoding', 415, 'The body must not be compressed.'),
  body_too_large: refuse('body_too_large', 413, 'The body is larger than the configured limit.'),
  event_header: refuse('event_header', 400, 'X-GitHub-Event must be 1 to 200 printable ASCII characters.'),
  delivery_header: refuse(
    'delivery_header',
    400,
    'X-GitHub-Delivery must be 1 to 200 printable ASCII characters.',
  ),
  invalid_utf8: refuse('invalid_utf8', 400, 'The body is not valid UTF-8.'),
  invalid_form: refuse(
    'invalid_form',
    400,
    'The form has no field `payload`, or it is not correctly percent-encoded.',
  ),
  invalid_json: refuse('invalid_json', 400, 'The payload is not a JSON object.'),
  malformed_request: refuse('malformed_request', 400, 'The request is not correct HTTP.'),
  timeout: refuse('timeout', 408, 'The request did not arrive in time.'),
  headers_too_large: refuse('headers_too_large', 431, 'The headers are too large.'),
  too_many_headers: refuse('too_many_headers', 431, 'The request has too many headers.', {
    code: 'headers_too_large',
  }),
  transfer_encoding: refuse('transfer_encoding', 415, 'The body may be chunked, but not otherwise encoded.', {
    code: 'content_encoding',
  }),
  address_not_allowed: refuse('address_not_allowed', 403, 'Requests from this address are not taken.', {
    code: 'forbidden',
  }),
  addresses_unknown: refuse(
    'addresses_unknown',
    503,
    'Only GitHub may send here, and its addresses are not known yet.',
    { headers: RETRY },
  ),
  rate_limited: refuse('rate_limited', 429, 'Too many requests.'),
  overloaded: refuse('overloaded', 503, 'Too many deliveries are waiting.', { headers: RETRY }),
  memory_short: refuse('memory_short', 503, 'There is no memory for more at the moment.', { headers: RETRY }),
  store_unavailable: refuse('store_unavailable', 503, 'The delivery could not be stored.', {
    headers: RETRY,
  }),
  shutting_down: refuse('shutting_down', 503, 'The service is stopping.', { headers: RETRY }),
  internal_error: refuse(
    'internal_error',
    500,
    'The delivery could not be taken because of a fault in the service.',
  ),
} as const satisfies Record<string, Refusal>;

function refuse(
  reason: string,
  status: number,
  message: string,
  { code = reason, headers = {} }: { code?: string; headers?: OutgoingHttpHeaders } = {},
): Refusal {
  return { reason, answer: errorAnswer(status, code, message, headers) };
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
