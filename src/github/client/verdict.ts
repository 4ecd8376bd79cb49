import { redactText } from '../../logger/redact.ts';
import type { HttpResponse } from '../../outbound/exchange.ts';
import { retryAfterMsOf } from './response-headers.ts';

/**
 * What an answer means for its request. `said` is GitHub's message, bounded and without what looks like a
 * secret.
 */
export type Verdict =
  | { readonly kind: 'ok' | 'not_modified' | 'missing' }
  | { readonly kind: 'moved'; readonly to: string | null }
  /** The primary limit: no request until its reset. */
  | { readonly kind: 'used_up'; readonly said: string }
  /** A secondary limit: no request with this credential for a while. */
  | { readonly kind: 'slow_down'; readonly retryAfterMs: number | null; readonly said: string }
  /** Too many wrong logins before: for a while none is accepted, not even a right one. */
  | { readonly kind: 'locked_out'; readonly said: string }
  | { readonly kind: 'unauthorized' | 'forbidden'; readonly said: string }
  | { readonly kind: 'transient'; readonly retryAfterMs: number | null; readonly said: string }
  | { readonly kind: 'refused'; readonly said: string };

const MAX_SAID = 200;
/** Enough for any message; an error page may be long. */
const READ_BYTES = 16 * 1024;

/**
 * What the status, the headers and, for limits, the body mean
 * (https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api).
 */
export function judge(answer: HttpResponse): Verdict {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { kind: 'ok' };
  if (status === 304) return { kind: 'not_modified' };
  if ([301, 302, 307, 308].includes(status)) return { kind: 'moved', to: headers.get('location') };
  if (status === 404 || status === 410) return { kind: 'missing' };
  const said = `${status} ${messageOf(answer)}`.trim();
  if (status === 403 || status === 429) return judgeRefusal(answer, said);
  if (status === 451) return { kind: 'forbidden', said };
  if (status === 401) return { kind: 'unauthorized', said };
  if (status >= 500 || status === 408 || status === 425)
    return { kind: 'transient', retryAfterMs: retryAfterMsOf(headers), said };
  return { kind: 'refused', said };
}

/**
 * 403 stands for a missing permission, for each of the limits, and for wrong logins
 * (https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#failed-login-limit); only
 * headers and the message distinguish them.
 */
function judgeRefusal({ status, headers }: HttpResponse, said: string): Verdict {
  if (status === 403 && /\blogin attempts exceeded\b/i.test(said)) return { kind: 'locked_out', said };
  const retryAfterMs = retryAfterMsOf(headers);
  const isSecondary = /\bsecondary rate\b|\babuse detection\b/i.test(said);
  if (isSecondary || retryAfterMs !== null) return { kind: 'slow_down', retryAfterMs, said };
  if (headers.get('x-ratelimit-remaining') === '0') return { kind: 'used_up', said };
  if (status === 429 || /\brate limit\b/i.test(said)) return { kind: 'slow_down', retryAfterMs, said };
  return { kind: 'forbidden', said };
}

/** The `message` of GitHub's errors, or the body. */
function messageOf({ body }: HttpResponse): string {
  const text = body.subarray(0, READ_BYTES).toString();
  return shortened(/"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text);
}

/** One bounded line without what looks like a secret. */
export function shortened(text: string): string {
  const line = redactText(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length <= MAX_SAID ? line : `${line.slice(0, MAX_SAID)}…`;
}
