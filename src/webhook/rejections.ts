import type { HttpErrorCode } from '../domain/error-codes.ts';
import { errorResponse, type JsonResponse } from '../http/json-response.ts';

/** Why a request is rejected: the reason as counted and logged, and the response. */
export interface Rejection {
  readonly reason: string;
  readonly response: JsonResponse;
}

const NOT_SIGNED = 'The request is not signed with a secret that is known here.';

/** Every reason to reject a request: the values of `ant_watcher_rejections_total{reason}`. */
export const REJECTIONS = {
  not_found: rejection('not_found'),
  method_not_allowed: rejection('method_not_allowed'),
  missing_host: rejection('missing_host'),
  missing_signature: rejectionWith('unauthorized', 'missing_signature', NOT_SIGNED),
  wrong_signature: rejectionWith('unauthorized', 'wrong_signature', NOT_SIGNED),
  sha1_signature: rejectionWith(
    'unauthorized',
    'sha1_signature',
    `${NOT_SIGNED} Only X-Hub-Signature-256 (SHA-256) counts, not X-Hub-Signature (SHA-1).`,
  ),
  content_type: rejection('content_type'),
  content_encoding: rejection('content_encoding'),
  body_too_large: rejection('body_too_large'),
  event_header: rejection('event_header'),
  delivery_header: rejection('delivery_header'),
  invalid_utf8: rejection('invalid_utf8'),
  invalid_form: rejection('invalid_form'),
  invalid_json: rejection('invalid_json'),
  malformed_request: rejection('malformed_request'),
  timeout: rejection('timeout'),
  headers_too_large: rejection('headers_too_large'),
  too_many_headers: rejectionWith(
    'headers_too_large',
    'too_many_headers',
    'The request has too many headers.',
  ),
  transfer_encoding: rejectionWith(
    'content_encoding',
    'transfer_encoding',
    'The body may be chunked, but not otherwise encoded.',
  ),
  address_not_allowed: rejectionWith(
    'forbidden',
    'address_not_allowed',
    'Requests from this address are not taken.',
  ),
  addresses_unknown: rejection('addresses_unknown'),
  rate_limited: rejection('rate_limited'),
  overloaded: rejectionWith('overloaded', 'overloaded', 'Too many deliveries are waiting.'),
  memory_short: rejection('memory_short'),
  store_unavailable: rejectionWith(
    'store_unavailable',
    'store_unavailable',
    'The delivery could not be stored.',
  ),
  shutting_down: rejection('shutting_down'),
  internal_error: rejectionWith(
    'internal_error',
    'internal_error',
    'The delivery could not be taken because of a fault in the service.',
  ),
} as const satisfies Record<string, Rejection>;

/** A rejection that is counted by the error code of its response. */
function rejection(code: HttpErrorCode): Rejection {
  return { reason: code, response: errorResponse(code) };
}

function rejectionWith(code: HttpErrorCode, reason: string, message: string): Rejection {
  return { reason, response: errorResponse(code, { message }) };
}

/** `rate_limited`, with the seconds after which to try again. */
export function rateLimited(waitSeconds: number): Rejection {
  const { reason, response } = REJECTIONS.rate_limited;
  return { reason, response: { ...response, headers: { 'Retry-After': String(waitSeconds) } } };
}

/** `method_not_allowed`, with the allowed methods. */
export function methodNotAllowed(allow: string): Rejection {
  const { reason, response } = REJECTIONS.method_not_allowed;
  return { reason, response: { ...response, headers: { Allow: allow } } };
}
