import { DOMAIN } from '../../../src/domain/catalogue.ts';
import type { OldNames } from './old-names.ts';
import { oldValue } from './old-names.ts';
import { type OldLabels, OWNER, SHORT_NAME } from './renamed.ts';

/* Names and labels of https://github.com/promhippie/github_exporter, pkg/exporter/workflow_job.go, in 2026. */

const WORKFLOW: OldLabels = { workflow_name: 'workflow', owner: OWNER, repo: SHORT_NAME };
const BY_NAME: OldLabels = { name: 'job_name', conclusion: 'conclusion', ...WORKFLOW };

/** The counters of github_exporter. */
export const PROMHIPPIE: OldNames = {
  name: 'promhippie',
  exporter: 'promhippie/github_exporter',
  notes: [
    'Not here: gauges of single runs and jobs (github_workflow_run_…, github_workflow_job_status and so on), runners by',
    'name, organizations, repositories and bills. runner_group_name and conclusion are missing where queue time is counted.',
  ],
  rules: [
    oldValue({
      record: 'github_workflow_job_completed_total',
      about: 'Completed jobs, each once, also those that never started.',
      from: DOMAIN.jobs,
      labels: BY_NAME,
    }),
    oldValue(
      {
        record: 'github_workflow_job_duration_seconds_total',
        about: 'The sum of the durations of jobs that started, exact.',
        from: DOMAIN.jobDuration,
        labels: BY_NAME,
      },
      'sum',
    ),
    oldValue(
      {
        record: 'github_workflow_job_queued_total',
        about: 'Jobs with a queue time, counted when they start. There: when they end.',
        from: DOMAIN.jobQueue,
        labels: WORKFLOW,
      },
      'count',
    ),
    oldValue(
      {
        record: 'github_workflow_job_queue_duration_seconds_total',
        about: 'The sum of their queue times, exact.',
        from: DOMAIN.jobQueue,
        labels: WORKFLOW,
      },
      'sum',
    ),
  ],
};
