import type { ResponseHeaders } from '../outbound/exchange.ts';
import { type FieldValue, readFields } from './read-fields.ts';

/*
 * What an OTLP server says in the body of an answer, in the encoding that its Content-Type names
 * (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response). In protobuf:
 *   Export…ServiceResponse { Export…PartialSuccess partial_success = 1 }
 *   Export…PartialSuccess { int64 rejected_… = 1; string error_message = 2 }
 *   Status { int32 code = 1; string message = 2 }
 */

/** How much of a request was left out, although it was taken. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

const NONE: PartialSuccess = { rejected: 0, message: '' };
const IS_PROTOBUF = /^application\/(x-)?protobuf\b/i;
/** How JSON calls what was rejected of a request. */
const REJECTED = ['rejectedSpans', 'rejectedDataPoints'];

/**
 * Of an answer with a 2xx status. Null: it is no message of OTLP, so something else has answered. `isCut`: the body is
 * the beginning of an answer, whose reason may be as long as what was sent.
 */
export function readPartialSuccess(
  headers: ResponseHeaders,
  body: Uint8Array,
  isCut = false,
): PartialSuccess | null {
  if (body.length === 0) return NONE;
  if (isProtobuf(headers)) return partIn(body, isCut);
  const text = Buffer.from(body).toString();
  return isCut ? partInCutJson(text) : partInJson(text);
}

/** The message of an answer with any other status; its text, if it has no such message. */
export function readMessage(headers: ResponseHeaders, body: Uint8Array): string {
  const text = Buffer.from(body).toString();
  const message = isProtobuf(headers) ? textOf(readFields(body)?.get(2)) : readObject(text)?.['message'];
  return typeof message === 'string' && message !== '' ? message : text;
}

function isProtobuf(headers: ResponseHeaders): boolean {
  return IS_PROTOBUF.test(headers.get('content-type') ?? '');
}

function partIn(body: Uint8Array, isCut: boolean): PartialSuccess | null {
  const response = readFields(body, isCut);
  const part = response?.get(1);
  if (response === null || !Buffer.isBuffer(part)) return response && NONE;
  const fields = readFields(part, isCut);
  return fields && { rejected: countOf(fields.get(1)), message: textOf(fields.get(2)) };
}

function partInJson(text: string): PartialSuccess | null {
  const response = readObject(text);
  const part = response?.['partialSuccess'];
  if (response === null || typeof part !== 'object' || part === null) return response && NONE;
  const fields: Readonly<Record<string, unknown>> = { ...part };
  // In JSON, numbers of 64 bits are texts; some servers write numbers.
  const rejected = Math.max(...REJECTED.map((name) => countOf(Number(fields[name] ?? 0))));
  const message = fields['errorMessage'];
  return { rejected, message: typeof message === 'string' ? message : '' };
}

/** Servers write the count before the reason, as the definition has them. */
function partInCutJson(text: string): PartialSuccess | null {
  const [, part] = /^\s*\{\s*"partialSuccess"\s*:\s*\{(.*)/s.exec(text) ?? [];
  if (part === undefined) return null;
  const [, count = '0'] = /^\s*"rejected(?:Spans|DataPoints)"\s*:\s*"?(\d{1,20})/.exec(part) ?? [];
  const [, message = ''] = /"errorMessage"\s*:\s*"(.*)/s.exec(part) ?? [];
  return { rejected: countOf(Number(count)), message };
}

/** A count that can't be an int64 is none; whoever reads one that can't be true knows how many there were. */
function countOf(field: FieldValue | undefined): number {
  const isCount = typeof field === 'number' && Number.isInteger(field) && field > 0 && field < 2 ** 63;
  return isCount ? Math.min(field, Number.MAX_SAFE_INTEGER) : 0;
}

function textOf(field: FieldValue | undefined): string {
  return Buffer.isBuffer(field) ? field.toString() : '';
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
