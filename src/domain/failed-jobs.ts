import type { RunJob } from './openapi-types.ts';

/** Those that failed in this attempt of a run. */
export function failedJobs(jobs: readonly RunJob[]): readonly RunJob[] {
  return jobs.filter(
    ({ carried_over, cause, conclusion }) => !carried_over && (cause !== null || conclusion === 'failure'),
  );
}

/** The first step that failed; null: none is known. */
export function failedStepOf({ steps }: RunJob): string | null {
  return steps?.find(({ conclusion }) => conclusion === 'failure')?.name ?? null;
}
