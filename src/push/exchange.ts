import type { IncomingHttpHeaders } from 'node:http';
import { type OutboundRequest, sendRequest } from '../outbound/send-request.ts';

/** A server's response. */
export interface ReceiverResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its first `MAX_BODY_BYTES` and a little more; the rest is not read. */
  readonly body: string;
}

/** Enough for a reason, and to keep most connections alive. */
const MAX_BODY_BYTES = 16 * 1024;

/**
 * Sends one request and reads the response. Redirects are responses like others. Rejects as `sendRequest`
 * does if there is no complete response.
 */
export async function exchange(url: URL, request: OutboundRequest): Promise<ReceiverResponse> {
  const response = await sendRequest(url, request);
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
