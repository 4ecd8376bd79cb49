import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { pathOf } from '../http/request-path.ts';
import { methodNotAllowed, REFUSALS, type Refusal } from './refusals.ts';

/** How a body is to be decoded. */
export type BodyForm = 'json' | 'form';

/** What the head of a request says, if the request may go on. */
export type Head =
  | { readonly kind: 'livez' }
  | DeliveryHead
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface DeliveryHead {
  readonly kind: 'delivery';
  readonly form: BodyForm;
  readonly signature: string;
}

const LIVEZ: Head = { kind: 'livez' };

/** Proxies may leave the header without a value. */
const UNENCODED = ['', 'identity'];

/** GitHub sends some 15, and proxies add a few. */
const MAX_HEADERS = 100;

/** Checks everything that can be known before the body is read. `path` is as `pathOf` spells it. */
export function checkHead(request: IncomingMessage, path: string, bodyLimitBytes: number): Head {
  const { headers, method } = request;
  if (headers.host === undefined && request.httpVersion === '1.1') return refused(REFUSALS.missing_host);
  if (request.rawHeaders.length > 2 * MAX_HEADERS) return refused(REFUSALS.too_many_headers);
  const target = pathOf(request.url ?? '');
  if (target === path) {
    return method === 'POST' ? checkDelivery(headers, bodyLimitBytes) : refused(methodNotAllowed('POST'));
  }
  if (target !== '/livez') return refused(REFUSALS.not_found);
  return method === 'GET' || method === 'HEAD' ? LIVEZ : refused(methodNotAllowed('GET, HEAD'));
}

function checkDelivery(headers: IncomingHttpHeaders, bodyLimitBytes: number): Head {
  if (Number(headers['content-length'] ?? 0) > bodyLimitBytes) return refused(REFUSALS.body_too_large);
  if (!UNENCODED.includes(headers['content-encoding']?.toLowerCase() ?? '')) {
    return refused(REFUSALS.content_encoding);
  }
  if ((headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked') {
    return refused(REFUSALS.transfer_encoding);
  }
  const form = bodyFormOf(headers['content-type']);
  if (form === null) return refused(REFUSALS.content_type);
  const signature = headers['x-hub-signature-256'];
  if (typeof signature === 'string') return { kind: 'delivery', form, signature };
  const sha1 = headers['x-hub-signature'] !== undefined;
  return refused(sha1 ? REFUSALS.sha1_signature : REFUSALS.missing_signature);
}

function refused(refusal: Refusal): Head {
  return { kind: 'refused', refusal };
}

/** Parameters such as `charset` say nothing new: JSON is UTF-8, and a form is ASCII. */
function bodyFormOf(contentType = ''): BodyForm | null {
  switch (contentType.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/json':
      return 'json';
    case 'application/x-www-form-urlencoded':
      return 'form';
    default:
      return null;
  }
}
