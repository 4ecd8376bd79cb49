import { backoffMs } from '../domain/backoff.ts';
import type { SendOutcome } from '../domain/sample.ts';

/*
 * How sending to one receiver goes on after each answer, as rules without I/O. A batch that is refused for
 * what is in it is halved until the one sample is found; a receiver that can't accept anything now is tried
 * again after growing waits.
 */

export interface PaceLimits {
  /** Samples in one request. */
  readonly batchSamples: number;
}

export interface Pace {
  /** How many samples the next request may hold. */
  readonly size: number;
  /** The size that the receiver is known to accept; `size` grows back to it. */
  readonly ceiling: number;
  /** Consecutive answers after which the same batch is sent again. */
  readonly attempts: number;
  /** Bad samples since the last accepted one. */
  readonly badInRow: number;
}

/** What to do with the samples that were sent, and how long to wait before the next request. */
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
 * After this many bad samples in a row, single samples are hardly the problem: requests as large as all of
 * those together are given up as a whole. So a receiver that accepts nothing is not asked once for each
 * sample, and no good sample is lost after fewer bad ones.
 */
const MANY_BAD = 16;

export function firstPace({ batchSamples }: PaceLimits): Pace {
  return { size: batchSamples, ceiling: batchSamples, attempts: 0, badInRow: 0 };
}

/** `random` is from 0 to 1: a receiver that comes back must not get the requests of all senders at once. */
export function nextPace(
  pace: Pace,
  outcome: SendOutcome,
  sent: number,
  limits: PaceLimits,
  random: number,
): PaceStep {
  switch (outcome.kind) {
    case 'sent': {
      const ceiling = Math.min(limits.batchSamples, pace.ceiling + Math.ceil(pace.ceiling / 16));
      const size = Math.min(ceiling, pace.size * 2);
      return { pace: { size, ceiling, attempts: 0, badInRow: 0 }, settle: 'sent', waitMs: 0 };
    }
    case 'too_large':
      return sent > 1 ? halved({ ...pace, ceiling: Math.floor(sent / 2) }, sent) : foundBad(pace, sent);
    case 'rejected':
      return sent > 1 && (pace.badInRow < MANY_BAD || sent > pace.badInRow)
        ? halved(pace, sent)
        : foundBad(pace, sent);
    case 'retry':
      return again(pace, random * backoffMs(pace.attempts + 1), outcome.retryAfterMs);
    case 'refused':
      return again(pace, REFUSED_WAIT_MS * (0.5 + random / 2), null);
  }
}

function halved(pace: Pace, sent: number): PaceStep {
  const next = { ...pace, size: Math.floor(sent / 2), attempts: 0 };
  return { pace: next, settle: null, waitMs: 0 };
}

function foundBad(pace: Pace, sent: number): PaceStep {
  const badInRow = pace.badInRow + sent;
  const size = badInRow >= MANY_BAD ? Math.min(pace.ceiling, badInRow) : pace.size;
  return { pace: { ...pace, size, attempts: 0, badInRow }, settle: 'rejected', waitMs: 0 };
}

function again(pace: Pace, waitMs: number, retryAfterMs: number | null): PaceStep {
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return { pace: { ...pace, attempts: pace.attempts + 1 }, settle: null, waitMs: Math.max(waitMs, asked) };
}
