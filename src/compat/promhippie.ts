import { type CompatSet, counter, type OldLabels } from './old-metric.ts';

/* Names and labels of https://github.com/promhippie/github_exporter, pkg/exporter/workflow_job.go, in 2026. */

const WORKFLOW: OldLabels = { owner: 'owner', repo: 'repo', workflow_name: 'workflow' };
const BY_NAME: OldLabels = { ...WORKFLOW, name: 'jobName', conclusion: 'conclusion' };
const BY_GROUP: OldLabels = { ...WORKFLOW, runner_group_name: 'runnerGroup', conclusion: 'conclusion' };

/** The counters of github_exporter. */
export const PROMHIPPIE: CompatSet = {
  name: 'promhippie',
  exporter: 'promhippie/github_exporter',
  counted: [
    counter('github_workflow_job_completed_total', 'Completed jobs, each once.', {
      fact: 'job_completed',
      labels: BY_NAME,
    }),
    counter(
      'github_workflow_job_duration_seconds_total',
      'From the start of a job on a runner to its end. Jobs that never started are left out.',
      { fact: 'job_completed', add: 'durationMs', labels: BY_NAME },
    ),
    counter('github_workflow_job_queued_total', 'Completed jobs whose queue time is known, each once.', {
      fact: 'job_served',
      labels: BY_GROUP,
    }),
    counter(
      'github_workflow_job_queue_duration_seconds_total',
      'The queue time of these jobs: from the creation, or the release by an approval, to the start on a runner.',
      { fact: 'job_served', add: 'queueMs', labels: BY_GROUP },
    ),
  ],
  gauges: [],
};
