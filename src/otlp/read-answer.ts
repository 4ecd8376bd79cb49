/*
 * What an OTLP server says in the body of an answer, in the encoding that its Content-Type names
 * (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response). In protobuf:
 *   Export…ServiceResponse { Export…PartialSuccess partial_success = 1 }
 *   Export…PartialSuccess { int64 rejected_… = 1; string error_message = 2 }   Status { int32 code = 1; string message = 2 }
 */

/** How much of a request was left out, although it was taken. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

const NONE: PartialSuccess = { rejected: 0, message: '' };
const IS_JSON = /^application\/json\b/i;
const IS_PROTOBUF = /^application\/(x-)?protobuf\b/i;

/** Of an answer with a 2xx status. What can't be read says nothing. */
export function readPartialSuccess(headers: Headers, body: Uint8Array): PartialSuccess {
  const type = headers.get('content-type') ?? '';
  if (IS_JSON.test(type)) return partialSuccessIn(readJson(body)?.['partialSuccess']);
  const inside = IS_PROTOBUF.test(type) ? readFields(body).get(1) : undefined;
  if (!(inside instanceof Uint8Array)) return NONE;
  const fields = readFields(inside);
  return { rejected: countOf(fields.get(1)), message: textOf(fields.get(2)) };
}

/** The message of an answer with any other status; its text, if it has no such message. */
export function readMessage(headers: Headers, body: Uint8Array): string {
  const type = headers.get('content-type') ?? '';
  const message = IS_JSON.test(type)
    ? readJson(body)?.['message']
    : IS_PROTOBUF.test(type)
      ? textOf(readFields(body).get(2))
      : '';
  return typeof message === 'string' && message !== '' ? message : Buffer.from(body).toString();
}

function partialSuccessIn(value: unknown): PartialSuccess {
  if (typeof value !== 'object' || value === null) return NONE;
  const fields = value as Readonly<Record<string, unknown>>;
  // In JSON, 64-bit numbers are texts.
  const rejected = Number(fields['rejectedSpans'] ?? fields['rejectedDataPoints'] ?? 0);
  const message = fields['errorMessage'];
  return {
    rejected: countOf(rejected),
    message: typeof message === 'string' ? message : '',
  };
}

/** A count that can't be one is none. */
function countOf(field: number | Uint8Array | undefined): number {
  return typeof field === 'number' && Number.isSafeInteger(field) && field > 0 ? field : 0;
}

function readJson(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const read: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function textOf(field: number | Uint8Array | undefined): string {
  return field instanceof Uint8Array ? Buffer.from(field).toString() : '';
}

const VARINT = 0;
const SIZED = 2;
const SKIPPED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** The numbers and the sized fields of a message, as far as it can be read; of repeated ones the last. */
function readFields(bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; at < bytes.length; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const kind = key % 8;
    if (kind === VARINT) fields.set(field, varint());
    else if (kind === SIZED) {
      const length = varint();
      if (length > bytes.length - at) break;
      fields.set(field, bytes.subarray(at, at + length));
      at += length;
    } else if (SKIPPED[kind] === undefined) break;
    else at += SKIPPED[kind];
  }
  return fields;
}
