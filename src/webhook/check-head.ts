import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { pathOf } from '../http/request-path.ts';
import { methodNotAllowed, REJECTIONS, type Rejection } from './rejections.ts';

/** How a body is encoded. */
export type BodyForm = 'json' | 'form';

/** What the head of a request says. */
export type Head =
  | { readonly kind: 'livez' }
  | DeliveryHead
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

export interface DeliveryHead {
  readonly kind: 'delivery';
  readonly form: BodyForm;
  readonly signature: string;
}

const LIVEZ: Head = { kind: 'livez' };

/** Proxies may leave the header empty. */
const UNENCODED = ['', 'identity'];

/** GitHub sends some 15, and proxies add a few. */
const MAX_HEADERS = 100;

/** Checks everything that can be known before the body is read. `takes`: whether deliveries are posted to a path. */
export function checkHead(
  request: IncomingMessage,
  takes: (path: string) => boolean,
  bodyLimitBytes: number,
): Head {
  const { headers, method } = request;
  if (headers.host === undefined && request.httpVersion === '1.1') return rejected(REJECTIONS.missing_host);
  if (request.rawHeaders.length > 2 * MAX_HEADERS) return rejected(REJECTIONS.too_many_headers);
  const target = pathOf(request.url ?? '');
  if (target === '/livez') {
    return method === 'GET' || method === 'HEAD' ? LIVEZ : rejected(methodNotAllowed('GET, HEAD'));
  }
  if (!takes(target)) return rejected(REJECTIONS.not_found);
  return method === 'POST' ? checkDelivery(headers, bodyLimitBytes) : rejected(methodNotAllowed('POST'));
}

function checkDelivery(headers: IncomingHttpHeaders, bodyLimitBytes: number): Head {
  if (Number(headers['content-length'] ?? 0) > bodyLimitBytes) return rejected(REJECTIONS.body_too_large);
  if (!UNENCODED.includes(headers['content-encoding']?.toLowerCase() ?? '')) {
    return rejected(REJECTIONS.content_encoding);
  }
  if ((headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked') {
    return rejected(REJECTIONS.transfer_encoding);
  }
  const form = bodyFormOf(headers['content-type']);
  if (form === null) return rejected(REJECTIONS.content_type);
  const signature = headers['x-hub-signature-256'];
  if (typeof signature === 'string') return { kind: 'delivery', form, signature };
  const sha1 = headers['x-hub-signature'] !== undefined;
  return rejected(sha1 ? REJECTIONS.sha1_signature : REJECTIONS.missing_signature);
}

function rejected(rejection: Rejection): Head {
  return { kind: 'rejected', rejection };
}

/** Parameters such as `charset` add nothing: JSON is UTF-8, and a form is ASCII. */
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
