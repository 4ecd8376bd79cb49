import type { Answer } from '../domain/github-api.ts';

/** Whether a pass got everything that it went for. */
export type Outcome = { readonly isComplete: true } | Problem;

export interface Problem {
  readonly isComplete: false;
  readonly reason: string;
  /** When it may go better, where that is known. */
  readonly retryAtMs: number | null;
  /** It will not, unless a person changes something: what is asked for is gone, or not for us. */
  readonly isHopeless: boolean;
  /** The credential is not taken: what is asked for may well be there, and falls behind. */
  readonly isRefused: boolean;
}

export const STOPPED: Problem = {
  isComplete: false,
  reason: 'stopped',
  retryAtMs: null,
  isHopeless: false,
  isRefused: false,
};

/** What an answer that is not `ok` means for a pass. */
export function problemOf(answer: Answer<unknown>): Problem {
  const hopeless = { ...STOPPED, isHopeless: true };
  switch (answer.kind) {
    case 'failed':
      return { ...STOPPED, reason: answer.reason, retryAtMs: answer.retryAtMs };
    case 'forbidden':
      return { ...hopeless, reason: answer.message, isRefused: answer.refusal !== undefined };
    default:
      return { ...hopeless, reason: 'there is no such thing, or none that we may see' };
  }
}
