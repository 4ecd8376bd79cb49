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

/** Of an answer with a 2xx status. Null: it is no message of OTLP, so something else has answered. */
export function readPartialSuccess(headers: Headers, body: Uint8Array): PartialSuccess | null {
  if (body.length === 0) return NONE;
  return isProtobuf(headers) ? partIn(body) : partInJson(body);
}

/** The message of an answer with any other status; its text, if it has no such message. */
export function readMessage(headers: Headers, body: Uint8Array): string {
  const text = Buffer.from(body).toString();
  const message = isProtobuf(headers) ? textOf(readFields(body)?.get(2)) : readObject(text)?.['message'];
  return typeof message === 'string' && message !== '' ? message : text;
}

function isProtobuf(headers: Headers): boolean {
  return IS_PROTOBUF.test(headers.get('content-type') ?? '');
}

function partIn(body: Uint8Array): PartialSuccess | null {
  const response = readFields(body);
  const part = response?.get(1);
  if (response === null || !Buffer.isBuffer(part)) return response && NONE;
  const fields = readFields(part);
  return fields && { rejected: countOf(fields.get(1)), message: textOf(fields.get(2)) };
}

function partInJson(body: Uint8Array): PartialSuccess | null {
  const response = readObject(Buffer.from(body).toString());
  const part = response?.['partialSuccess'];
  if (response === null || typeof part !== 'object' || part === null) return response && NONE;
  const fields: Readonly<Record<string, unknown>> = { ...part };
  // In JSON, numbers of 64 bits are texts; some servers write numbers.
  const rejected = Math.max(...REJECTED.map((name) => countOf(Number(fields[name] ?? 0))));
  const message = fields['errorMessage'];
  return { rejected, message: typeof message === 'string' ? message : '' };
}

/** A count that can't be one is none. */
function countOf(field: FieldValue | undefined): number {
  return typeof field === 'number' && Number.isSafeInteger(field) && field > 0 ? field : 0;
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
