import { DOMAIN } from '../../../src/domain/catalogue.ts';
import type { OldNames } from './old-names.ts';
import { oldHistogram, oldValue } from './old-names.ts';
import { type OldLabels, OWNER, SHORT_NAME } from './renamed.ts';

/*
 * Names and labels of https://github.com/cpanato/github_actions_exporter/blob/a5e87c4/internal/server/metrics.go, and
 * what moves them in workflow_metrics_exporter.go there.
 */

const WORKFLOW: OldLabels = { workflow_name: 'workflow', org: OWNER, repo: SHORT_NAME };

/** Of github_actions_exporter. */
export const CPANATO: OldNames = {
  name: 'cpanato',
  exporter: 'cpanato/github_actions_exporter',
  notes: [
    'Not here: the label runner_group, which no series of ours with these numbers has (queue times have runs_on instead:',
    'sum by it); counts of what is queued, requested or waiting; and the bills, actions_…_minutes. branch is the class',
    'of the branch: default, pull_request, a group of yours, or other. Jobs have none. Buckets have the bounds of',
    'ant-watcher.',
  ],
  rules: [
    ...oldHistogram({
      record: 'workflow_job_duration_seconds',
      about:
        'state="queued": time from the creation of a job to its start on a runner, exact. There it is the time from the start of the job to that of its first step, about 0. No job_name.',
      from: DOMAIN.jobQueue,
      labels: { runs_on: 'runs_on', ...WORKFLOW },
      fixed: { state: 'queued' },
    }),
    ...oldHistogram({
      record: 'workflow_job_duration_seconds',
      about:
        'state="in_progress": duration of jobs, exact. There, also 0 for jobs that never started, and again for those that a re-run carried over.',
      from: DOMAIN.jobDuration,
      labels: { job_name: 'job_name', ...WORKFLOW },
      fixed: { state: 'in_progress' },
    }),
    oldValue(
      {
        record: 'workflow_job_duration_seconds_total',
        about: 'The sum of these durations, exact.',
        from: DOMAIN.jobDuration,
        labels: { job_name: 'job_name', conclusion: 'conclusion', ...WORKFLOW },
        fixed: { status: 'completed' },
      },
      'sum',
    ),
    oldValue({
      record: 'workflow_job_status_count',
      about: 'status="completed": completed jobs, each once. There: deliveries.',
      from: DOMAIN.jobs,
      labels: { job_name: 'job_name', conclusion: 'conclusion', ...WORKFLOW },
      fixed: { status: 'completed' },
    }),
    oldValue(
      {
        record: 'workflow_job_status_count',
        about:
          'status="in_progress": jobs that started on a runner, each once. There: deliveries. No job_name.',
        from: DOMAIN.jobQueue,
        labels: WORKFLOW,
        fixed: { status: 'in_progress' },
      },
      'count',
    ),
    ...oldHistogram({
      record: 'workflow_execution_time_seconds',
      about:
        'Duration of run attempts, exact. There, not of those that are complete when they are requested (action_required): the same sum, a lower count.',
      from: DOMAIN.runDuration,
      labels: { branch: 'branch', conclusion: 'conclusion', ...WORKFLOW },
    }),
    oldValue({
      record: 'workflow_status_count',
      about: 'status="completed": completed run attempts, each once. There: deliveries.',
      from: DOMAIN.runs,
      labels: { branch: 'branch', conclusion: 'conclusion', ...WORKFLOW },
      fixed: { status: 'completed' },
    }),
  ],
};
