import { createHmac } from 'node:crypto';

/** A delivery as it is sent. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Called with the outcome after it was sent. */
  readonly answered?: (outcome: Outcome) => void;
}

/** The outcome of a request. */
export interface Outcome {
  /** Null if there was no response. */
  readonly status: number | null;
  /** Why there was none: a code such as `ECONNREFUSED`. */
  readonly error: string | null;
  readonly tookMs: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly event: string;
  readonly guid: string;
  /** JSON text. */
  readonly body: string;
}

/** The headers GitHub sends, signed over the exact bytes of the body unless there is no secret. */
export function signRequest(
  request: UnsignedRequest,
  secret: string | undefined,
  form: boolean,
): SignedRequest {
  const body = form ? `payload=${formEncode(request.body)}` : request.body;
  const headers = {
    Accept: '*/*',
    'Content-Type': form ? 'application/x-www-form-urlencoded' : 'application/json',
    'User-Agent': 'GitHub-Hookshot/c519d58',
    'X-GitHub-Delivery': request.guid,
    'X-GitHub-Event': request.event,
    'X-GitHub-Hook-ID': '507245688',
    'X-GitHub-Hook-Installation-Target-ID': '1042731',
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
  };
  return { headers: secret === undefined ? headers : { ...headers, ...signatures(body, secret) }, body };
}

/** Both signature headers, over the exact bytes of the body. */
export function signatures(body: string, secret: string): Record<string, string> {
  return {
    'X-Hub-Signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`,
    'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
}

/** As HTML forms do: a space becomes `+`. */
function formEncode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
