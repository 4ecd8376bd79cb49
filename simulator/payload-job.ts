import { nodeId, timeText } from './github-text.ts';
import type { Attempt, Job, JobMoment, Run } from './model.ts';
import type { PayloadContext } from './payload-context.ts';
import { deploymentText } from './payload-deployment.ts';
import { repositoryUrl } from './payload-repository.ts';
import { runNameOf } from './payload-run.ts';
import { type StepReport, stepsAtEnd, stepsAtStart } from './steps-of.ts';

/** The body of the `workflow_job` delivery about `moment`. */
export function jobPayload(
  run: Run,
  attempt: Attempt,
  job: Job,
  moment: JobMoment,
  context: PayloadContext,
): string {
  const object = JSON.stringify(jobObject(run, attempt, job, moment));
  const deployment =
    job.plan?.environment === undefined ? '' : `,"deployment":${deploymentText(run, job, moment, context)}`;
  const closing = context.closing(run.repository, attempt.triggeringActor);
  return `{"action":"${moment.action}","workflow_job":${object}${deployment}${closing}`;
}

/** A job as webhooks and the API show it after `moment`. */
export function jobObject(run: Run, attempt: Attempt, job: Job, moment: JobMoment): object {
  const url = repositoryUrl(run.repository);
  const isCompleted = moment.action === 'completed';
  const hasStarted = isCompleted || moment.action === 'in_progress';
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: runNameOf(run),
    head_branch: run.headBranch,
    run_url: `${url}/actions/runs/${run.id}`,
    run_attempt: attempt.number,
    node_id: nodeId('CR', run.repository.id, job.id),
    head_sha: run.headSha,
    url: `${url}/actions/jobs/${job.id}`,
    html_url: `https://github.com/${run.repository.fullName}/actions/runs/${run.id}/job/${job.id}`,
    status: moment.status,
    conclusion: isCompleted ? job.conclusion : null,
    created_at: timeText(job.createdMs),
    // Before the start GitHub does not leave it out but repeats the creation.
    started_at: timeText(hasStarted ? job.startedMs : job.createdMs),
    completed_at: isCompleted ? timeText(job.completedMs) : null,
    name: job.name,
    steps: stepsOf(job, moment),
    check_run_url: `${url}/check-runs/${job.id}`,
    labels: job.labels,
    ...runnerMembers(job, hasStarted),
  };
}

function stepsOf(job: Job, moment: JobMoment): StepReport[] {
  if (job.kind !== 'ran') return [];
  if (moment.action === 'completed') return stepsAtEnd(job);
  return moment.action === 'in_progress' ? stepsAtStart(job) : [];
}

function runnerMembers(job: Job, hasStarted: boolean): object {
  const { runner } = job;
  if (runner !== null && hasStarted) {
    const { id, name, groupId, groupName } = runner;
    return { runner_id: id, runner_name: name, runner_group_id: groupId, runner_group_name: groupName };
  }
  // A job cancelled before its start has the runner 0 or none.
  if (job.kind === 'not_started' && hasStarted && job.id % 2 === 0) {
    return { runner_id: 0, runner_name: '', runner_group_id: 0, runner_group_name: '' };
  }
  return { runner_id: null, runner_name: null, runner_group_id: null, runner_group_name: null };
}
