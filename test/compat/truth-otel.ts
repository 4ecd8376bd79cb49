import type { Attempt, Job, Run } from '../../simulator/model.ts';
import {
  executionsOf,
  hasStarted,
  isOutlived,
  lastReported,
  placeOf,
  reportedEnd,
} from '../../simulator/truth-reported.ts';
import type { Labels, OldNumbers } from './old-numbers.ts';

const BOUNDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600];
const RESULTS: Readonly<Record<string, string>> = {
  cancelled: 'cancellation',
  skipped: 'skip',
  startup_failure: 'error',
};
const FAILED = ['failure', 'startup_failure'];

/** Counts a run under OpenTelemetry's names, as far as it happened by `endMs`. */
export function countOtel(numbers: OldNumbers, run: Run, endMs: number, nowMs: number): void {
  const { repository, workflow } = placeOf(run);
  const [owner = '', name = ''] = repository.split('/');
  const pipeline = { cicd_pipeline_name: workflow, vcs_owner_name: owner, vcs_repository_name: name };
  for (const attempt of run.attempts) countAttempt(numbers, pipeline, attempt, { endMs, nowMs });
  for (const job of run.attempts.flatMap(executionsOf)) countErrors(numbers, pipeline, job, endMs);
}

function countAttempt(
  numbers: OldNumbers,
  pipeline: Labels,
  attempt: Attempt,
  { endMs, nowMs }: { readonly endMs: number; readonly nowMs: number },
): void {
  const last = lastReported(attempt, endMs);
  if (last === undefined) return;
  const end = reportedEnd(attempt, endMs);
  if (end === undefined) {
    const state = last.status === 'in_progress' ? 'executing' : 'pending';
    if (!isOutlived(attempt.startedMs, nowMs))
      numbers.add('cicd_pipeline_run_active', { ...pipeline, cicd_pipeline_run_state: state });
    return;
  }
  const { conclusion } = attempt;
  const isFailed = FAILED.includes(conclusion);
  if (isFailed) numbers.add('cicd_pipeline_run_errors_total', { ...pipeline, error_type: conclusion });
  const starts = attempt.jobs
    .filter((job) => hasStarted(job, endMs) && !job.carriedOver)
    .map(({ startedMs }) => startedMs);
  if (starts.length === 0) return;
  const firstMs = Math.min(...starts);
  const observe = (labels: Labels, ms: number) =>
    numbers.observe('cicd_pipeline_run_duration_seconds', { ...pipeline, ...labels }, BOUNDS, ms);
  observe({ cicd_pipeline_run_state: 'pending' }, firstMs - attempt.startedMs);
  observe(
    {
      cicd_pipeline_run_state: 'executing',
      cicd_pipeline_result: RESULTS[conclusion] ?? conclusion,
      error_type: isFailed ? conclusion : '',
    },
    end.atMs - firstMs,
  );
}

function countErrors(numbers: OldNumbers, pipeline: Labels, job: Job, endMs: number): void {
  if (lastReported(job, endMs)?.status !== 'completed') return;
  const component = job.failure === 'runner_lost' ? 'runner' : 'controller';
  if (job.failure !== 'runner_lost' && job.failure !== 'startup') return;
  numbers.add('cicd_system_errors_total', {
    ...pipeline,
    error_type: job.failure,
    cicd_system_component: component,
  });
}
