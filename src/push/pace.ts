import { backoffMs } from '../domain/backoff.ts';
import type { SendOutcome } from '../domain/sample.ts';

/*
 * How sending to one receiver goes on after each answer, as rules without I/O. A batch that is refused for what is in it
 * is halved until the one sample is found; a receiver that can't take anything now is asked again, later and later.
 */

export interface PaceLimits {
  /** Samples in one request. */
  readonly batchSamples: number;
}

export interface Pace {
  /** How many samples the next request may hold. */
  readonly size: number;
  /** The size that the receiver is known to take; what `size` grows back to. */
  readonly ceiling: number;
  /** Answers in a row after which the same is sent again. */
  readonly attempts: number;
  /** Samples found bad since the last one that was taken. */
  readonly badInRow: number;
}

/** What to do with the samples that were sent, and how long to wait before the next request. */
export interface PaceStep {
  readonly pace: Pace;
  /** Null: they stay and are sent again. */
  readonly settle: 'sent' | 'rejected' | null;
  readonly waitMs: number;
}

/** A refusal is a fault of configuration: nobody mends that within seconds. */
const REFUSED_WAIT_MS = 60_000;
/** What a receiver may ask for at most; it could otherwise stop us for good. */
const LONGEST_RETRY_AFTER_MS = 600_000;
/**
 * After so many bad samples in a row the fault is hardly in single ones: requests as large as all those together are given
 * up whole. So a receiver that takes nothing at all is not asked once for each sample, and no good sample goes with
 * fewer bad ones before it.
 */
const MANY_BAD = 16;

export function firstPace({ batchSamples }: PaceLimits): Pace {
  return { size: batchSamples, ceiling: batchSamples, attempts: 0, badInRow: 0 };
}

/** `random` is from 0 to 1: receivers that come back must not be met by all senders at once. */
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
