import type { RunJob } from '../../../src/domain/openapi-types.ts';

/* Which jobs of a run failed, and where. Pure: no browser. */

/** Those that failed in this attempt. */
export function failedJobs(jobs: readonly RunJob[]): readonly RunJob[] {
  return jobs.filter(
    ({ carried_over, cause, conclusion }) => !carried_over && (cause !== null || conclusion === 'failure'),
  );
}

/** The first step that failed; null: none is known. */
export function failedStepOf({ steps }: RunJob): string | null {
  return steps?.find(({ conclusion }) => conclusion === 'failure')?.name ?? null;
}
