import { FAILURES } from '../domain/lifecycle/execution.ts';

/** Which conclusions passed and which failed, by their numbers. All others are neither. */
export interface Outcomes {
  readonly passed: number;
  readonly failed: ReadonlySet<number>;
  /** For an approval. The run goes on, and ends once more. */
  readonly held: number;
}

export function outcomesOf(wordId: (word: string) => number): Outcomes {
  return {
    passed: wordId('success'),
    failed: new Set(FAILURES.map(wordId)),
    held: wordId('action_required'),
  };
}

/** The share of what passed among what passed or failed; null if nothing did either. */
export function passRate(passed: number, failed: number): number | null {
  return passed + failed === 0 ? null : passed / (passed + failed);
}
