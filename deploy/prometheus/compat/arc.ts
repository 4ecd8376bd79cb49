import { DOMAIN } from '../../../src/domain/catalogue.ts';
import { SELF } from '../../../src/domain/own-metrics.ts';
import { installationAnd, lowest, once, select } from '../promql.ts';
import type { OldNames } from './old-names.ts';
import { oldHistogram, oldValue } from './old-names.ts';
import { type OldLabels, OWNER, SHORT_NAME } from './renamed.ts';

/*
 * Names and labels of https://github.com/actions/actions-runner-controller/blob/2ee6b3b8/pkg/actionsmetrics/metrics.go,
 * and what moves them in event_reader.go there.
 */

const WORKFLOW: OldLabels = {
  workflow_name: 'workflow',
  repository_full_name: 'repository',
  owner: OWNER,
  repository: SHORT_NAME,
};
const REMAINING = lowest(select(SELF.githubRemaining, { resource: 'core' }));
const LIMIT = once(select(SELF.githubLimit, { resource: 'core' }));
const LEAST_LEFT = `bottomk by (${installationAnd()}) (1, ${REMAINING})`;

/** Of `actions-metrics-server`, which belongs to ARC's legacy mode. */
export const ARC: OldNames = {
  name: 'arc',
  exporter: "ARC's actions-metrics-server",
  notes: [
    'Not here: github_workflow_jobs_queued_total (nothing of ours counts jobs when they are queued), and the labels',
    'head_branch and failed_step. organization is empty, as it is there. Where a label is missing, its metric of ours',
    'lacks it. Buckets have the bounds of ant-watcher.',
    'The metrics of scale sets, gha_…, still come from their listeners.',
  ],
  rules: [
    oldValue(
      {
        record: 'github_workflow_jobs_started_total',
        about:
          'Jobs that started on a runner, each once. There: each in_progress delivery, also a redelivered one. No job_name.',
        from: DOMAIN.jobQueue,
        labels: { runs_on: 'runs_on', ...WORKFLOW },
      },
      'count',
    ),
    oldValue({
      record: 'github_workflow_jobs_completed_total',
      about:
        'Completed jobs, exact. There, also redeliveries, and jobs that a re-run carried over without running them again.',
      from: DOMAIN.jobs,
      labels: { runs_on: 'runs_on', job_name: 'job_name', ...WORKFLOW },
    }),
    oldValue({
      record: 'github_workflow_job_conclusions_total',
      about: 'The same by conclusion.',
      from: DOMAIN.jobs,
      labels: { runs_on: 'runs_on', job_name: 'job_name', job_conclusion: 'conclusion', ...WORKFLOW },
    }),
    oldValue({
      record: 'github_workflow_job_failures_total',
      about:
        'Jobs with the conclusion failure. Without logs there is no exit code: na, as there without a login.',
      from: DOMAIN.jobs,
      labels: { runs_on: 'runs_on', job_name: 'job_name', ...WORKFLOW },
      where: { conclusion: 'failure' },
      fixed: { exit_code: 'na' },
    }),
    ...oldHistogram({
      record: 'github_workflow_job_queue_duration_seconds',
      about:
        'Queue time by the times of GitHub, exact. There it is read from logs: endless or negative where a line is missing. No job_name.',
      from: DOMAIN.jobQueue,
      labels: { runs_on: 'runs_on', ...WORKFLOW },
    }),
    ...oldHistogram({
      record: 'github_workflow_job_run_duration_seconds',
      about:
        'Duration by the times of GitHub, exact, of jobs that started. There it is read from logs. No runs_on.',
      from: DOMAIN.jobDuration,
      labels: { job_name: 'job_name', job_conclusion: 'conclusion', ...WORKFLOW },
    }),
    {
      record: 'github_rate_limit_remaining',
      about: 'Requests that are left, of the credential that has the fewest.',
      expr: `min by (${installationAnd()}) (${REMAINING})`,
    },
    {
      record: 'github_rate_limit',
      about: 'Its limit.',
      expr: [
        `max by (${installationAnd()}) (`,
        `  ${LIMIT}`,
        `  and on (${installationAnd('credential', 'resource')}) ${LEAST_LEFT}`,
        ')',
      ].join('\n'),
    },
  ],
};
