import type { Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { type ApiResult, type Implausible, MISSING } from '../domain/github-api.ts';

/** Whether a pass got everything it was to get. */
export type Outcome = { readonly isComplete: true } | SyncProblem;

export interface SyncProblem {
  readonly isComplete: false;
  /** GitHub's own words, if it gave any. */
  readonly reason: string;
  /** What a person can do about it; null: nothing. */
  readonly hint: string | null;
  /** When it may work again, if known. */
  readonly retryAtMs: number | null;
  /** Only a person can fix it: what was requested is gone, or we have no access. */
  readonly isHopeless: boolean;
  /** The credential was refused: what was requested may still exist, and falls behind. */
  readonly isRefused: boolean;
  /** What GitHub answered can't be true. */
  readonly isImplausible: boolean;
  /** Nothing shows that it exists for us: GitHub answered 404, or we have no credential to ask with. */
  readonly isGone: boolean;
}

export const STOPPED: SyncProblem = {
  isComplete: false,
  reason: 'stopped',
  hint: null,
  retryAtMs: null,
  isHopeless: false,
  isRefused: false,
  isImplausible: false,
  isGone: false,
};

const GONE: SyncProblem = {
  ...STOPPED,
  reason: MISSING.message,
  hint: MISSING.hint,
  isHopeless: true,
  isGone: true,
};

/** What a result other than `ok` means for a pass. */
export function problemOf(answer: ApiResult<unknown>): SyncProblem {
  switch (answer.kind) {
    case 'failed':
      return {
        ...STOPPED,
        reason: answer.reason,
        retryAtMs: answer.retryAtMs,
        isImplausible: isUntrue(answer),
      };
    case 'forbidden': {
      const { message, hint, said, refusal } = answer;
      const isRefused = refusal !== undefined;
      return { ...STOPPED, reason: message, hint, isHopeless: true, isRefused, isGone: said === null };
    }
    default:
      return GONE;
  }
}

/** A list that is only too long may be true. */
function isUntrue({ implausible = 'too_long' }: { readonly implausible?: Implausible }): boolean {
  return implausible !== 'too_long';
}

/**
 * Returns what `read` does for one object of GitHub's. If the object triggers a bug of ours, logs that and
 * returns `fallback`: it would be read again after every start, and end every process.
 */
export async function skipOnBug<T>(
  read: () => Promise<T>,
  { fallback, logger, about }: { readonly fallback: T; readonly logger: Logger; readonly about: object },
): Promise<T> {
  try {
    return await read();
  } catch (err) {
    if (err instanceof AntError) throw err;
    logger.error('object_skipped', { err, ...about });
    return fallback;
  }
}
