import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

/** What a server said. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its first `MAX_BODY_BYTES` and a little more; the rest is not read. */
  readonly body: string;
}

/** Enough for a reason, and for most connections to be kept. */
const MAX_BODY_BYTES = 16 * 1024;

/**
 * Sends one request and reads its answer. Redirects are answers like others. Rejects when no whole answer comes: the
 * error is Node's, or the `reason` of `options.signal` is the `cause` of it.
 */
export function exchange(url: URL, options: RequestOptions, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    request.on('error', reject);
    request.on('response', (response) => readAnswer(response).then(resolve, reject));
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop closes the connection.
    if (length > MAX_BODY_BYTES) break;
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, body: Buffer.concat(chunks).toString() };
}
