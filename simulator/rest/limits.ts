import type { Clock } from '../../src/domain/contracts.ts';
import type { Caller } from './caller.ts';
import { type ApiResponse, refuse } from './response.ts';

/** Limits other than GitHub's own. */
export interface LimitOptions {
  /** Requests per hour of each credential. */
  readonly perHour?: number;
  /**
   * How long that hour is, in milliseconds, so that tests and trials need not wait that long; the minute is
   * shortened by the same factor.
   */
  readonly hourMs?: number;
  readonly minuteMs?: number;
  /** A GET is one point, a request that changes something is five. */
  readonly pointsPerMinute?: number;
  readonly concurrent?: number;
  /** For refusals: GitHub uses both. */
  readonly status?: 403 | 429;
}

export interface Budget {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

/** The primary limit counts requests per hour, the secondary ones keep bursts down. */
export interface Limits {
  budgetOf(caller: Caller): Budget;
  /** The refusal that a request gets, if any. Takes its points. */
  check(caller: Caller, method: string, inProgress: number, isFree: boolean): ApiResponse | undefined;
  /** Counts a request. */
  count(caller: Caller): void;
  /**
   * From now on refuses everything with a secondary limit, for so long. Without `saysWhen` the answer does
   * not say how long.
   */
  slowDown(seconds: number, saysWhen?: boolean): void;
  /** As if other programs had used up what every credential had left of the primary limit. */
  useUp(): void;
  /** How many requests hit each limit. */
  readonly refused: { primary: number; secondary: number };
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const PER_HOUR: Readonly<Record<Caller['kind'], number>> = {
  anonymous: 60,
  personal: 5000,
  installation: 5000,
  app: 5000,
};
const POINTS_PER_MINUTE = 900;
const CONCURRENT = 100;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** How much of something was used within a time. */
interface Tally {
  used: number;
  untilMs: number;
}

export function createLimits(options: LimitOptions, clock: Clock): Limits {
  const { pointsPerMinute = POINTS_PER_MINUTE, concurrent = CONCURRENT, status = 403 } = options;
  const { hourMs = HOUR_MS, minuteMs = MINUTE_MS } = options;
  const [requests, points] = [new Map<string, Tally>(), new Map<string, Tally>()];
  const slow = { untilMs: 0, saysWhen: true };
  const refused = { primary: 0, secondary: 0 };
  const budgetOf = (caller: Caller): Budget => {
    const limit = options.perHour ?? PER_HOUR[caller.kind];
    const { used, untilMs } = tallyOf(requests, caller, hourMs, clock());
    return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(untilMs / 1000) };
  };
  /** The refusal of a secondary limit. */
  const slowed = (caller: Caller, method: string, inProgress: number): ApiResponse | undefined => {
    const spent = tallyOf(points, caller, minuteMs, clock());
    spent.used += method === 'GET' ? 1 : 5;
    if (slow.untilMs > clock()) return tooFast(status, slow.saysWhen ? slow.untilMs - clock() : undefined);
    if (spent.used > pointsPerMinute) return tooFast(status, spent.untilMs - clock());
    return inProgress > concurrent ? tooFast(status, undefined) : undefined;
  };
  return {
    budgetOf,
    refused,
    check(caller, method, inProgress, isFree) {
      const tooSoon = slowed(caller, method, inProgress);
      if (tooSoon !== undefined) refused.secondary++;
      if (tooSoon !== undefined || isFree || budgetOf(caller).remaining > 0) return tooSoon;
      refused.primary++;
      return refuse(status, `API rate limit exceeded for ${nameOf(caller)}.`);
    },
    count(caller) {
      tallyOf(requests, caller, hourMs, clock()).used++;
    },
    slowDown(seconds, saysWhen = true) {
      Object.assign(slow, { untilMs: clock() + seconds * 1000, saysWhen });
    },
    useUp() {
      for (const tally of requests.values()) tally.used = Math.max(tally.used, options.perHour ?? 5000);
    },
  };
}

/** The headers with the state of the primary limit. */
export function headersOf({ limit, used, remaining, reset }: Budget): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': 'core',
  };
}

function tooFast(status: number, waitMs: number | undefined): ApiResponse {
  const headers =
    waitMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) };
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return refuse(status, message, { headers });
}

/** All tokens of a user or installation draw on the same budget. */
function nameOf(caller: Caller): string {
  switch (caller.kind) {
    case 'installation':
      return `installation ID ${caller.token.installation.id}`;
    case 'personal':
      return 'user ID 5106233';
    default:
      return caller.kind;
  }
}

function tallyOf(tallies: Map<string, Tally>, caller: Caller, lengthMs: number, nowMs: number): Tally {
  const name = nameOf(caller);
  const known = tallies.get(name);
  if (known !== undefined && known.untilMs > nowMs) return known;
  const tally = { used: 0, untilMs: nowMs + lengthMs };
  tallies.set(name, tally);
  return tally;
}
