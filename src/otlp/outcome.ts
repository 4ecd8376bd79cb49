import type { SendOutcome } from '../domain/send-outcome.ts';
import type { HttpFailure, HttpResponse } from '../outbound/exchange.ts';
import { outcomeOf } from '../outbound/outcome.ts';
import { readMessage, readPartialSuccess } from './read-answer.ts';

/** Those by which a server says that it is not able to take anything now. */
const UNAVAILABLE = [502, 503, 504];
const UNSUPPORTED_TYPE = 415;
const NOT_FOUND = [404, 405];

const HINTS = {
  type: 'it does not take this encoding or compression: try the other otlp.protocol, or otlp.compression none',
  path: 'is there OTLP over HTTP at this address? Its path ends in /v1/traces',
  grpc: 'it does not speak HTTP/1.1: is it the port of gRPC? OTLP over HTTP has 4318',
};

/**
 * What an answer, or none, means for what was sent (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).
 * The specification wants only 429, 502, 503 and 504 to be retried. But servers answer 500 while they are short of
 * something as well as for what they can't read, and only the latter would be lost with right: it is retried for some
 * minutes (`mayBeContent`).
 */
export function otlpOutcomeOf(answer: HttpResponse | HttpFailure): SendOutcome {
  const outcome = outcomeOf(answer);
  if ('failure' in answer) {
    return outcome.kind === 'retry' && answer.code?.startsWith('HPE_')
      ? { kind: 'refused', reason: outcome.reason, hint: HINTS.grpc }
      : outcome;
  }
  const { status, headers, body } = answer;
  if (outcome.kind === 'sent') return sentWith(answer);
  const reason = outcome.kind === 'refused' ? outcome.reason : `${status} ${readMessage(headers, body)}`;
  if (status === UNSUPPORTED_TYPE) return { kind: 'refused', reason, hint: HINTS.type };
  if (NOT_FOUND.includes(status)) return { kind: 'refused', reason, hint: HINTS.path };
  if (outcome.kind === 'retry' && status >= 500 && !UNAVAILABLE.includes(status))
    return { ...outcome, reason, mayBeContent: true };
  return { ...outcome, reason };
}

/** An answer that is none of OTLP acknowledges nothing: it comes from something else at that address. */
function sentWith({ headers, body, isCut }: HttpResponse): SendOutcome {
  const part = readPartialSuccess(headers, body, isCut);
  if (part === null)
    return { kind: 'refused', reason: `this is no answer of OTLP: ${Buffer.from(body)}`, hint: HINTS.path };
  const { rejected: count, message } = part;
  if (count === 0) return { kind: 'sent' };
  return { kind: 'sent', rejected: { count, reason: message === '' ? 'it gives no reason' : message } };
}
