import { backoffMs } from '../domain/backoff.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';

/*
 * How sending to one receiver goes on after each answer, as rules without I/O. A batch that is refused for
 * what is in it is halved until the one entry is found; a receiver that can't accept anything now is tried
 * again after growing waits.
 */

export interface PaceLimits {
  /** The largest request: in samples, or in spans. */
  readonly batchSize: number;
}

/** What was in a request. */
export interface Sent {
  readonly entries: number;
  /** Of all of them: how many samples, or how many spans. */
  readonly weight: number;
}

export interface Pace {
  /** How many samples, or spans, the next request may hold. */
  readonly size: number;
  /** The size that the receiver is known to accept; `size` grows back to it. */
  readonly ceiling: number;
  /** Consecutive answers after which the same batch is sent again. */
  readonly attempts: number;
  /** Bad entries since the last accepted one. */
  readonly bad: Sent;
}

/** What to do with what was sent, and how long to wait before the next request. */
export interface PaceStep {
  readonly pace: Pace;
  /** Null: they stay and are sent again. */
  readonly settle: 'sent' | 'rejected' | null;
  readonly waitMs: number;
}

/** A refusal is a configuration error: nobody fixes that within seconds. */
const REFUSED_WAIT_MS = 60_000;
/** The longest wait that a receiver may ask for; without a limit it could stop us for good. */
const LONGEST_RETRY_AFTER_MS = 600_000;
/**
 * After this many bad entries in a row, single entries are hardly the problem: requests as large as all of
 * those together are given up as a whole. So a receiver that accepts nothing is not asked once for each
 * entry, and no good one is lost after fewer bad ones.
 */
const MANY_BAD = 16;
/**
 * After so many failures that may be because of what is in a request, which is some minutes, an entry is looked for
 * that makes them.
 */
const MANY_FAILURES = 12;
const NONE_BAD: Sent = { entries: 0, weight: 0 };

export function firstPace({ batchSize }: PaceLimits): Pace {
  return { size: batchSize, ceiling: batchSize, attempts: 0, bad: NONE_BAD };
}

/** `random` is from 0 to 1: a receiver that comes back must not get the requests of all senders at once. */
export function nextPace(
  pace: Pace,
  outcome: SendOutcome,
  sent: Sent,
  limits: PaceLimits,
  random: number,
): PaceStep {
  switch (outcome.kind) {
    case 'sent': {
      const ceiling = Math.min(limits.batchSize, pace.ceiling + Math.ceil(pace.ceiling / 16));
      const size = Math.min(ceiling, pace.size * 2);
      return { pace: { size, ceiling, attempts: 0, bad: NONE_BAD }, settle: 'sent', waitMs: 0 };
    }
    case 'too_large':
      return sent.entries > 1 ? halved({ ...pace, ceiling: half(sent) }, sent) : foundBad(pace, sent);
    case 'rejected':
      return rejected(pace, sent);
    case 'retry':
      if (outcome.mayBeContent && pace.attempts >= MANY_FAILURES) return rejected(pace, sent);
      return again(pace, random * backoffMs(pace.attempts + 1), outcome.retryAfterMs);
    case 'refused':
      return again(pace, REFUSED_WAIT_MS * (0.5 + random / 2), null);
  }
}

function rejected(pace: Pace, sent: Sent): PaceStep {
  const isOne = sent.entries <= 1;
  const mayHoldGood = pace.bad.entries < MANY_BAD || sent.entries > pace.bad.entries;
  return !isOne && mayHoldGood ? halved(pace, sent) : foundBad(pace, sent);
}

function halved(pace: Pace, sent: Sent): PaceStep {
  return { pace: { ...pace, size: half(sent), attempts: 0 }, settle: null, waitMs: 0 };
}

function half({ weight }: Sent): number {
  return Math.max(1, Math.floor(weight / 2));
}

function foundBad(pace: Pace, sent: Sent): PaceStep {
  const bad = { entries: pace.bad.entries + sent.entries, weight: pace.bad.weight + sent.weight };
  const size = bad.entries >= MANY_BAD ? Math.min(pace.ceiling, bad.weight) : pace.size;
  return { pace: { ...pace, size, attempts: 0, bad }, settle: 'rejected', waitMs: 0 };
}

function again(pace: Pace, waitMs: number, retryAfterMs: number | null): PaceStep {
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return { pace: { ...pace, attempts: pace.attempts + 1 }, settle: null, waitMs: Math.max(waitMs, asked) };
}
