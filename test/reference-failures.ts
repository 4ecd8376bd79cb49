import { nameOf } from './reference-labels.ts';
import { hasRun } from './reference-model.ts';
import type { Numbers } from './reference-numbers.ts';
import type { JobReport } from './reference-reports.ts';

/*
 * Why jobs failed, for the reference model: by their steps, and by what GitHub says of them when it is asked.
 */

/** What the annotations of a job say. */
export type ReasonOf = (job: Pick<JobReport, 'run' | 'name'>) => string;

/** Of a job that was cancelled, which is no failure, only what explains that counts. */
export function countReason(
  numbers: Numbers,
  end: JobReport,
  cause: string | null,
  reasonOf: ReasonOf,
): void {
  const { repository, workflow, conclusion } = end;
  const reason = reasonOf(end);
  const explainsCancel = reason === 'timeout' || reason === 'cancelled_by_concurrency';
  const hasLasted = hasRun(end) && end.startedMs !== null && end.completedMs !== null;
  const isCounted = conclusion === 'cancelled' ? hasLasted && explainsCancel : cause !== null;
  if (isCounted)
    numbers.add('job_failure_reasons_total', { repository, workflow, job_name: nameOf(end), reason });
}

/** Whatever fails behind the first step that failed is its consequence. */
export function countFailedStep(numbers: Numbers, end: JobReport): void {
  const { repository, workflow, steps } = end;
  const failed = steps.filter(({ conclusion }) => conclusion === 'failure');
  const first = Math.min(...failed.map(({ number }) => number));
  const step = failed.find(({ number }) => number === first)?.name;
  if (step !== undefined)
    numbers.add('job_failed_steps_total', { repository, workflow, job_name: nameOf(end), step });
}
