import type { DeploymentMoment, ReviewMoment } from './deployment-life.ts';
import { nodeId, timeText, withMembers } from './github-text.ts';
import type { Account, Attempt, Job, JobMoment, Run, RunMoment } from './model.ts';
import type { PayloadContext } from './payload-context.ts';
import { ACTIONS_APP, deploymentIdOf, deploymentText } from './payload-deployment.ts';
import { repositoryUrl } from './payload-repository.ts';
import { runObject, workflowObject } from './payload-run.ts';

/*
 * The events of the deployments that jobs with an environment make.
 */

const BOT: Account = { login: 'github-actions[bot]', id: 41_898_282, type: 'Bot' };
/** What the run inside of these events lacks. */
const LEFT_OUT = [
  ...['path', 'display_title', 'referenced_workflows', 'jobs_url', 'logs_url', 'check_suite_url'],
  ...['artifacts_url', 'cancel_url', 'rerun_url', 'previous_attempt_url', 'workflow_url', 'head_commit'],
];

interface Deploying {
  readonly run: Run;
  readonly attempt: Attempt;
  readonly job: Job;
}

/** The body of the `deployment` delivery, or of the `deployment_status` one about `moment`. */
export function deploymentPayload(of: Deploying, moment: DeploymentMoment, context: PayloadContext): string {
  const { run, attempt, job } = of;
  const deployment = deploymentText(run, job, moment.job, context);
  const members = {
    deployment,
    action: '"created"',
    ...(moment.state === null
      ? { workflow: JSON.stringify(workflowObject(run.repository, run.workflow)) }
      : { check_run: JSON.stringify(checkRunOf(of, moment.job)) }),
    workflow_run: runText(of, moment.job, context),
  };
  const status =
    moment.state === null ? {} : { deployment_status: statusText(of, moment, moment.state, context) };
  const text = withMembers({}, { ...status, ...members }).replace('{,', '{');
  return text.slice(0, -1) + context.closing(run.repository, attempt.triggeringActor);
}

function statusText(
  { run, job }: Deploying,
  { atMs }: DeploymentMoment,
  state: string,
  context: PayloadContext,
): string {
  const repository = repositoryUrl(run.repository);
  const deployment = `${repository}/deployments/${deploymentIdOf(job)}`;
  const id = statusIdOf(job, atMs);
  const page = jobPage(run, job);
  const inner = {
    ...{ url: `${deployment}/statuses/${id}`, id, node_id: nodeId('DES', run.repository.id, id) },
    ...{ state, description: '', environment: job.plan?.environment ?? '', target_url: page },
    ...{ created_at: timeText(atMs), updated_at: timeText(atMs), deployment_url: deployment },
    ...{ repository_url: repository, environment_url: '', log_url: page },
  };
  return withMembers(inner, { creator: context.account(BOT), performed_via_github_app: ACTIONS_APP });
}

/** Ids grow with time. */
function statusIdOf(job: Job, atMs: number): number {
  return deploymentIdOf(job) * 100_000 + Math.max(0, Math.floor((atMs - job.createdMs) / 1000));
}

function jobPage({ repository, id }: Run, job: Job): string {
  return `https://github.com/${repository.fullName}/actions/runs/${id}/job/${job.id}`;
}

function checkRunOf({ run, job }: Deploying, moment: JobMoment): object {
  const isOver = moment.status === 'completed';
  const page = jobPage(run, job);
  return {
    ...{ id: job.id, name: job.name, node_id: nodeId('CR', run.repository.id, job.id) },
    ...{ head_sha: run.headSha, external_id: `${run.id}-${job.id}` },
    ...{ url: `${repositoryUrl(run.repository)}/check-runs/${job.id}`, html_url: page, details_url: page },
    ...{ status: moment.status, conclusion: isOver ? job.conclusion : null },
    ...{ started_at: timeText(job.startedMs), completed_at: isOver ? timeText(job.completedMs) : null },
  };
}

/** The run at that time, which is not over. */
function momentOf({ atMs, status }: JobMoment): RunMoment {
  const at = { atMs, conclusion: null };
  return {
    ...at,
    action: 'in_progress',
    status: status === 'waiting' ? 'waiting' : 'in_progress',
  } as RunMoment;
}

function runText({ run, attempt }: Deploying, moment: JobMoment, context: PayloadContext): string {
  const whole = Object.entries(runObject(run, attempt, momentOf(moment)));
  return withMembers(Object.fromEntries(whole.filter(([name]) => !LEFT_OUT.includes(name))), {
    actor: context.account(run.actor),
    triggering_actor: context.account(attempt.triggeringActor),
  });
}

/** The body of the `deployment_review` delivery about `moment`. A decision names the jobs that it is about. */
export function reviewPayload(of: Deploying, moment: ReviewMoment, context: PayloadContext): string {
  const { run, attempt, job } = of;
  const { action, atMs } = moment;
  const { environment = '' } = job.plan ?? {};
  const reviewed = JSON.stringify({
    ...{ id: job.id, name: job.name, status: moment.job.status },
    conclusion: moment.job.status === 'completed' ? job.conclusion : null,
    html_url: jobPage(run, job).replace('/job/', '/jobs/'),
    ...{ created_at: timeText(job.createdMs), updated_at: timeText(atMs), environment },
  });
  const reviewers = JSON.stringify([{ type: 'User', reviewer: JSON.parse(context.account(run.actor)) }]);
  const told =
    action === 'requested'
      ? { workflow_job_run: reviewed, environment: JSON.stringify(environment), reviewers }
      : { workflow_job_runs: `[${reviewed}]`, comment: '""', reviewers };
  const person = action === 'requested' ? 'requestor' : 'approver';
  const text = withMembers(
    { action },
    {
      workflow_run: withMembers(runObject(run, attempt, momentOf(moment.job)), {
        actor: context.account(run.actor),
        triggering_actor: context.account(attempt.triggeringActor),
        repository: context.shortRepository(run.repository),
        head_repository: context.shortRepository(run.headRepository),
      }),
      since: JSON.stringify(timeText(atMs)),
      ...told,
      [person]: context.account(run.actor),
    },
  );
  return text.slice(0, -1) + context.closing(run.repository, attempt.triggeringActor);
}
