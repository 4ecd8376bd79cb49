import type { SendOutcome } from '../domain/send-outcome.ts';
import type { HttpFailure, HttpResponse } from '../outbound/exchange.ts';
import { outcomeOf } from '../outbound/outcome.ts';
import { type FieldValue, readFields } from './read-fields.ts';

/*
 * What an answer of an OTLP receiver, or none, means: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response.
 * What is accepted in part must never be sent again, and only these statuses may be retried.
 */

const RETRYABLE = [429, 502, 503, 504];

/** How JSON calls what was rejected of a request. */
const REJECTED = ['rejectedSpans', 'rejectedDataPoints'];

/** @param answer that of a request with entries, or without any. */
export function otlpOutcomeOf(answer: HttpResponse | HttpFailure): SendOutcome {
  if ('failure' in answer) return outcomeOf(answer);
  const outcome = outcomeOf({ ...answer, body: Buffer.from(messageOf(answer)) });
  if (outcome.kind === 'sent') return acceptedBy(answer);
  const isFinal = outcome.kind === 'retry' && !RETRYABLE.includes(answer.status);
  return isFinal ? { kind: 'rejected', reason: outcome.reason } : outcome;
}

/** The text of an error, which is a `google.rpc.Status { message = 2 }`, if it is in protobuf. */
function messageOf({ headers, body }: HttpResponse): string {
  const message = isProtobuf(headers) ? readFields(body)?.get(2) : undefined;
  return Buffer.isBuffer(message) ? message.toString() : body.toString();
}

function isProtobuf(headers: Headers): boolean {
  return /^application\/(x-)?protobuf\b/i.test(headers.get('content-type') ?? '');
}

/** An empty answer is the usual one. Anything but a message of OTLP comes from something else at that address. */
function acceptedBy(answer: HttpResponse): SendOutcome {
  if (answer.body.length === 0) return { kind: 'sent' };
  const partial = isProtobuf(answer.headers) ? partOf(answer.body) : partOfJson(answer.body.toString());
  if (partial === null)
    return { kind: 'refused', reason: `this is no answer of an OTLP receiver: ${answer.body}` };
  return partial.count === 0 ? { kind: 'sent' } : { kind: 'sent', rejected: partial };
}

interface Rejected {
  readonly count: number;
  readonly reason: string;
}

const NOTHING: Rejected = { count: 0, reason: '' };

/** Response { PartialSuccess partial_success = 1 }   PartialSuccess { int64 rejected = 1; error_message = 2 } */
function partOf(body: Buffer): Rejected | null {
  const response = readFields(body);
  if (response === null) return null;
  const partial = response.get(1);
  if (!Buffer.isBuffer(partial)) return NOTHING;
  const fields = readFields(partial);
  return fields === null ? null : { count: countOf(fields.get(1)), reason: textOf(fields.get(2)) };
}

function countOf(value: FieldValue | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}

function textOf(value: FieldValue | undefined): string {
  return Buffer.isBuffer(value) ? value.toString() : '';
}

function partOfJson(text: string): Rejected | null {
  const response = objectIn(text);
  if (response === null) return null;
  const partial = response['partialSuccess'];
  if (typeof partial !== 'object' || partial === null) return NOTHING;
  const fields: Record<string, unknown> = { ...partial };
  // A 64-bit integer is a text in JSON; some write a number.
  const counts = REJECTED.map((name) => Number(fields[name] ?? 0)).filter(Number.isSafeInteger);
  return { count: Math.max(0, ...counts), reason: String(fields['errorMessage'] ?? '') };
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
