import type { Failures } from '../../../src/domain/openapi-types.ts';
import { useAnswer } from '../../answers/use-answer.ts';
import { failedJobs, failedStepOf } from '../run/failed-jobs.ts';
import { FAILURES, runHref } from '../workflows/links.ts';

type BrokenWorkflow = Failures['broken'][number];

/** The job and the step that failed in the latest run; of one without such a job, how it ended. */
export function FailingStep({ run_id }: Pick<BrokenWorkflow, 'run_id'>) {
  const { answer } = useAnswer(run_id === null ? null : 'run', { id: run_id });
  if (answer === null) return null;
  const [job] = failedJobs(answer.jobs);
  if (job === undefined) return <span>{(answer.run.conclusion ?? 'no job').replaceAll('_', ' ')}</span>;
  const step = failedStepOf(job);
  return (
    <a class="cut" href={`${runHref(job.run_id)}?job=${job.job_id}`} title={`${job.name}: ${step ?? ''}`}>
      {step ?? job.name}
      {step !== null && <div class="faint">{job.name}</div>}
    </a>
  );
}

/** The run since which it fails: what it ran for is where to look. */
export function FirstFailure({ repository, workflow, failing_since }: BrokenWorkflow) {
  const { answer } = useAnswer(failing_since === null ? null : 'runs', {
    ...{ repository, workflow, branch: 'default', conclusion: FAILURES },
    ...{ from: failing_since, sort: 'completed_at', limit: 1 },
  });
  const run = answer?.runs[0];
  if (run === undefined) return null;
  return (
    <a href={runHref(run.run_id)}>
      #{run.run_number ?? run.run_id}
      {run.head_sha !== null && <code> {run.head_sha.slice(0, 7)}</code>}
    </a>
  );
}
