import { nodeId, timeText, withMembers } from './github-text.ts';
import type { Account, Job, JobMoment, Run } from './model.ts';
import type { PayloadContext } from './payload-context.ts';
import { accountObject, repositoryUrl } from './payload-repository.ts';

const GITHUB: Account = { login: 'github', id: 9919, type: 'Organization' };

export const ACTIONS_APP = JSON.stringify({
  id: 15368,
  slug: 'github-actions',
  node_id: 'MDM6QXBwMTUzNjg=',
  owner: accountObject(GITHUB),
  name: 'GitHub Actions',
  description: 'Automate your workflow from idea to production',
  external_url: 'https://help.github.com/en/actions',
  html_url: 'https://github.com/apps/github-actions',
  created_at: '2018-07-30T09:30:17Z',
  updated_at: '2025-03-07T16:35:00Z',
  permissions: Object.fromEntries(
    [
      'actions',
      'attestations',
      'checks',
      'contents',
      'deployments',
      'discussions',
      'issues',
      'packages',
      'pages',
    ]
      .concat(['pull_requests', 'repository_hooks', 'security_events', 'statuses'])
      .map((name) => [name, 'write']),
  ),
  events: [
    'check_run',
    'check_suite',
    'create',
    'delete',
    'deployment',
    'deployment_status',
    'discussion',
    'fork',
  ]
    .concat([
      'gollum',
      'issues',
      'issue_comment',
      'label',
      'merge_group',
      'milestone',
      'page_build',
      'public',
    ])
    .concat([
      'pull_request',
      'pull_request_review',
      'push',
      'registry_package',
      'release',
      'repository',
      'status',
    ])
    .concat(['watch', 'workflow_dispatch', 'workflow_run']),
});

export function deploymentIdOf(job: Job): number {
  return 3_000_000_000 + (job.id % 1_000_000_000);
}

/** The `deployment` beside a job with an environment. Its `updated_at` is the only time of an approval. */
export function deploymentText(run: Run, job: Job, moment: JobMoment, context: PayloadContext): string {
  const environment = job.plan?.environment ?? '';
  const id = deploymentIdOf(job);
  const repositoryAddress = repositoryUrl(run.repository);
  const url = `${repositoryAddress}/deployments/${id}`;
  const members = {
    url,
    id,
    node_id: nodeId('DE', run.repository.id, id),
    task: 'deploy',
    original_environment: environment,
    environment,
    description: null,
    created_at: timeText(job.createdMs),
    updated_at: timeText(moment.atMs),
    statuses_url: `${url}/statuses`,
    repository_url: repositoryAddress,
    sha: run.headSha,
    ref: run.headBranch,
    payload: {},
    transient_environment: false,
    production_environment: environment === 'production',
  };
  return withMembers(members, {
    creator: context.account(run.actor),
    performed_via_github_app: ACTIONS_APP,
  });
}
