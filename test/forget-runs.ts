import { LONGEST_RUN_MS } from '../src/domain/forgetting.ts';
import type { Pipeline } from './pipeline.ts';

/**
 * Forgets all runs that may be forgotten, as housekeeping does step by step; returns how many states were
 * deleted.
 */
export async function forgetRuns({ ledger }: Pipeline, beforeMs: number): Promise<number> {
  let forgotten = 0;
  let afterRunId: number | null = null;
  do {
    const { runs, jobs, deployments, lastRunId } = await ledger.forgetRuns({
      afterRunId,
      limit: 2,
      finishedBeforeMs: beforeMs,
      unfinishedBeforeMs: beforeMs - LONGEST_RUN_MS,
    });
    forgotten += runs + jobs + deployments;
    afterRunId = lastRunId;
  } while (afterRunId !== null);
  return forgotten;
}
