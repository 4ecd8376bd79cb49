import { gzipFast } from '../http/gzip.ts';
import type { Payload } from '../outbound/wire-format.ts';
import type { OtlpOptions } from './otlp-options.ts';

/** How requests are written. */
export type RequestForm = Pick<OtlpOptions, 'encoding' | 'compression'>;

/** The headers that describe a body. */
export function requestHeaders({ encoding, compression }: RequestForm): Record<string, string> {
  return {
    'Content-Type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    ...(compression === 'gzip' ? { 'Content-Encoding': 'gzip' } : {}),
  };
}

/** A request with this body, compressed on another thread. */
export async function requestOf(body: Uint8Array, { compression }: RequestForm): Promise<Payload> {
  return { body: compression === 'gzip' ? await gzipFast(body) : body };
}

/** A request about nothing, which servers take (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request). */
export function emptyRequest(form: RequestForm): Promise<Payload> {
  return requestOf(Buffer.from(form.encoding === 'json' ? '{}' : ''), form);
}
