import type { Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { type ApiResult, MISSING } from '../domain/github-api.ts';

/** Whether a pass got everything that it went for. */
export type Outcome = { readonly isComplete: true } | SyncProblem;

export interface SyncProblem {
  readonly isComplete: false;
  /** GitHub's own words where it said something. */
  readonly reason: string;
  /** What a person can do about it; null: nothing. */
  readonly hint: string | null;
  /** When it may go better, where that is known. */
  readonly retryAtMs: number | null;
  /** It will not, unless a person changes something: what is asked for is gone, or not for us. */
  readonly isHopeless: boolean;
  /** The credential is not taken: what is asked for may well be there, and falls behind. */
  readonly isRefused: boolean;
  /** Nothing shows that there is anything for us: GitHub knows of none, or there is nothing to ask with. */
  readonly isGone: boolean;
}

export const STOPPED: SyncProblem = {
  isComplete: false,
  reason: 'stopped',
  hint: null,
  retryAtMs: null,
  isHopeless: false,
  isRefused: false,
  isGone: false,
};

const GONE: SyncProblem = {
  ...STOPPED,
  reason: MISSING.message,
  hint: MISSING.hint,
  isHopeless: true,
  isGone: true,
};

/** What an answer that is not `ok` means for a pass. */
export function problemOf(answer: ApiResult<unknown>): SyncProblem {
  switch (answer.kind) {
    case 'failed':
      return { ...STOPPED, reason: answer.reason, retryAtMs: answer.retryAtMs };
    case 'forbidden': {
      const { message, hint, said, refusal } = answer;
      const isRefused = refusal !== undefined;
      return { ...STOPPED, reason: message, hint, isHopeless: true, isRefused, isGone: said === null };
    }
    default:
      return GONE;
  }
}

/**
 * What `read` answers about one object of GitHub's, or `instead` where that object shows a bug, which is told of: it would be read again
 * after every start, and end every process.
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
