import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** What is answered to a request. */
export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  /** JSON, unless the headers name another type. */
  readonly body?: string | Uint8Array | Readable;
}

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, body: JSON.stringify(value) };
}
