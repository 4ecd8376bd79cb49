import type { Clock } from '../../domain/contracts.ts';
import { httpTimeMs, readRetryAfterMs } from '../../domain/http-time.ts';
import type { ResponseHeaders } from '../../outbound/exchange.ts';
import { EARLIEST_MS, LATEST_MS } from '../fields.ts';

/** What is left of a rate limit. Times are by our own clock. */
export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** Longer than any of GitHub's windows. A reset beyond it can't be true, or our clock is wrong. */
const LONGEST_WINDOW_MS = 2 * 3_600_000;

/**
 * The resource that a request was counted for, and what is left of it; null if the server has no limits, or
 * none that can be true.
 */
export function readQuota(
  headers: ResponseHeaders,
  nowMs: number,
): { readonly resource: string; readonly quota: Quota } | null {
  const limit = numberOf(headers, 'x-ratelimit-limit');
  const remaining = numberOf(headers, 'x-ratelimit-remaining');
  const reset = numberOf(headers, 'x-ratelimit-reset');
  if (limit === null || remaining === null || reset === null) return null;
  const resetMs = nowMs + reset * 1000 - serverNowMs(headers, nowMs);
  if (remaining > limit || resetMs > nowMs + LONGEST_WINDOW_MS) return null;
  const resource = headers.get('x-ratelimit-resource') ?? 'core';
  return { resource: /^\w{1,40}$/.test(resource) ? resource : 'core', quota: { limit, remaining, resetMs } };
}

/** The server's time when it answered, in whole seconds; ours if it sends none, or one that can't be true. */
function serverNowMs(headers: ResponseHeaders, nowMs: number): number {
  const ms = httpTimeMs(headers.get('date') ?? '');
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : nowMs;
}

export function retryAfterMsOf(headers: ResponseHeaders): number | null {
  return readRetryAfterMs(headers.get('retry-after') ?? '', headers.get('date') ?? '');
}

function numberOf(headers: ResponseHeaders, name: string): number | null {
  const text = headers.get(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Whether GitHub has just answered itself, and not a proxy or a cache. */
export function isFromGitHub(headers: ResponseHeaders): boolean {
  return headers.get('x-github-request-id') !== null && headers.get('age') === null;
}

/** GitHub's time, by the `Date` of its latest answer: signatures and expiry are judged by it. */
export class ServerClock {
  readonly #clock: Clock;
  readonly #heard: (dateMs: number) => void;
  #aheadMs = 0;

  /** `heard` is called with the time of each answer that comes from GitHub itself. */
  constructor(clock: Clock, heard: (dateMs: number) => void = () => undefined) {
    this.#clock = clock;
    this.#heard = heard;
  }

  observe(headers: ResponseHeaders): void {
    if (headers.get('date') === null) return;
    const nowMs = this.#clock();
    const serverMs = serverNowMs(headers, nowMs);
    this.#aheadMs = serverMs - nowMs;
    if (serverMs !== nowMs && isFromGitHub(headers)) this.#heard(serverMs);
  }

  nowMs(): number {
    return this.#clock() + this.#aheadMs;
  }
}
