import { nodeId, timeText, withMembers } from './github-text.ts';
import type { Attempt, Repository, Run, RunMoment, Workflow } from './model.ts';
import type { PayloadContext } from './payload-context.ts';
import { repositoryUrl } from './payload-repository.ts';

/** The body of the `workflow_run` delivery about `moment`. */
export function runPayload(run: Run, attempt: Attempt, moment: RunMoment, context: PayloadContext): string {
  const object = withMembers(runObject(run, attempt, moment), {
    actor: context.account(run.actor),
    triggering_actor: context.account(attempt.triggeringActor),
    repository: context.shortRepository(run.repository),
    head_repository: context.shortRepository(run.headRepository),
  });
  const workflow = JSON.stringify(workflowObject(run.repository, run.workflow));
  const closing = context.closing(run.repository, attempt.triggeringActor);
  return `{"action":"${moment.action}","workflow_run":${object},"workflow":${workflow}${closing}`;
}

/** The body of the `workflow_dispatch` delivery: no run id, no time. */
export function dispatchPayload(run: Run, context: PayloadContext): string {
  const inputs = JSON.stringify({ environment: 'staging', reason: run.title });
  const ref = `refs/heads/${run.headBranch}`;
  const members = `{"inputs":${inputs},"ref":"${ref}","workflow":"${run.workflow.path}"`;
  return members + context.closing(run.repository, run.actor);
}

/** A run without the accounts and repositories in it. */
export function runObject(run: Run, attempt: Attempt, moment: RunMoment): object {
  const repositoryAddress = repositoryUrl(run.repository);
  const url = `${repositoryAddress}/actions/runs/${run.id}`;
  const suiteId = run.id * 2 + 1;
  // A workflow that GitHub cannot read has no name.
  const name = attempt.conclusion === 'startup_failure' ? run.workflow.path : runNameOf(run);
  return {
    id: run.id,
    name,
    node_id: nodeId('WFR', run.repository.id, run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflow.path,
    display_title: run.title.split('\n')[0],
    run_number: run.number,
    event: run.event,
    status: moment.status,
    conclusion: moment.status === 'completed' ? attempt.conclusion : null,
    workflow_id: run.workflow.id,
    check_suite_id: suiteId,
    check_suite_node_id: nodeId('CS', run.repository.id, suiteId),
    url,
    html_url: `https://github.com/${run.repository.fullName}/actions/runs/${run.id}`,
    pull_requests: pullRequestsOf(run),
    created_at: timeText(run.createdMs),
    updated_at: timeText(moment.atMs),
    run_attempt: attempt.number,
    referenced_workflows: referencedWorkflows(run),
    run_started_at: timeText(attempt.startedMs),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryAddress}/check-suites/${suiteId}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt.number === 1 ? null : `${url}/attempts/${attempt.number - 1}`,
    workflow_url: `${repositoryAddress}/actions/workflows/${run.workflow.id}`,
    head_commit: headCommit(run),
  };
}

/** The name of a run, which its jobs repeat. */
export function runNameOf({ workflow, number }: Run): string {
  return workflow.plan.title?.(number) ?? workflow.name ?? workflow.path;
}

function headCommit(run: Run): object {
  const { login, id } = run.actor;
  return {
    id: run.headSha,
    tree_id: [...run.headSha].reverse().join(''),
    message: run.title,
    timestamp: timeText(run.createdMs - 4000),
    author: { name: login, email: `${id}+${login}@users.noreply.github.com` },
    committer: { name: 'GitHub', email: 'noreply@github.com' },
  };
}

/** The pull requests of the branch; GitHub names none that come from a fork. */
function pullRequestsOf(run: Run): object[] {
  if (run.pullRequest === null || run.headRepository !== run.repository) return [];
  const url = repositoryUrl(run.repository);
  const repo = { id: run.repository.id, url, name: run.repository.name };
  return [
    {
      url: `${url}/pulls/${run.pullRequest}`,
      id: 1_900_000_000 + run.pullRequest,
      number: run.pullRequest,
      head: { ref: run.headBranch, sha: run.headSha, repo },
      base: { ref: run.repository.defaultBranch, sha: [...run.headSha].reverse().join(''), repo },
    },
  ];
}

function referencedWorkflows(run: Run): object[] {
  const { uses } = run.workflow.plan;
  if (uses === undefined) return [];
  const path = `${run.repository.owner.login}/shared-workflows/${uses}`;
  return [{ path, sha: run.headSha, ref: 'refs/heads/main' }];
}

/** A workflow as webhooks and the API show it. */
export function workflowObject(repository: Repository, workflow: Workflow): object {
  const page = `https://github.com/${repository.fullName}`;
  return {
    id: workflow.id,
    node_id: nodeId('W', repository.id, workflow.id),
    name: workflow.name ?? workflow.path,
    path: workflow.path,
    state: 'active',
    created_at: '2023-01-20T18:30:02.000Z',
    updated_at: '2026-05-11T08:12:40.000Z',
    url: `${repositoryUrl(repository)}/actions/workflows/${workflow.id}`,
    html_url: `${page}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${page}/actions/workflows/${workflow.path.split('/').at(-1)}/badge.svg`,
  };
}
