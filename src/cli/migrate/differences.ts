/**
 * Metrics of another exporter, what they are here, and what differs, in Markdown: the tables of docs/migrate.md,
 * row by row.
 */
export type Difference = readonly [metric: string, ours: string, differs: string];

export const DIFFERENCES = {
  arc: [
    [
      '`github_workflow_jobs_queued_total`',
      'none',
      '`github_actions_active_jobs{status="queued"}` says how many are queued',
    ],
    [
      '`github_workflow_jobs_started_total`',
      '`github_actions_job_queue_seconds_count`',
      'agrees where nothing is redelivered: ARC counts every `in_progress` delivery. No `job_name`',
    ],
    [
      '`github_workflow_jobs_completed_total`, `github_workflow_job_conclusions_total`',
      '`github_actions_jobs_total`',
      'agrees where nothing is redelivered or run again',
    ],
    [
      '`github_workflow_job_failures_total`',
      '`github_actions_jobs_total{conclusion="failure"}`',
      '`exit_code` is `na`, `failed_step` is missing',
    ],
    [
      '`github_workflow_job_queue_duration_seconds`',
      '`github_actions_job_queue_seconds`',
      'ARC reads logs: `+Inf` or negative where a line is missing, nothing without a login. No `job_name`',
    ],
    [
      '`github_workflow_job_run_duration_seconds`',
      '`github_actions_job_duration_seconds`',
      'likewise. No `runs_on`',
    ],
    [
      '`github_rate_limit`, `github_rate_limit_remaining`',
      '`ant_watcher_github_rate_limit`, `…_remaining`',
      'of the credential with the fewest requests left',
    ],
  ],
  cpanato: [
    [
      '`workflow_job_duration_seconds{state="queued"}`',
      '`github_actions_job_queue_seconds`',
      '**jumps**: there it is the time from the start of the job to its first step, about 0. No `job_name`; `runs_on` in place of `runner_group`',
    ],
    [
      '`workflow_job_duration_seconds{state="in_progress"}`',
      '`github_actions_job_duration_seconds`',
      'a lower count, as there are no jobs that never started; the same sum',
    ],
    [
      '`workflow_job_duration_seconds_total`',
      '`github_actions_job_duration_seconds_sum`',
      'agrees where nothing is redelivered or run again',
    ],
    [
      '`workflow_job_status_count`',
      '`github_actions_jobs_total`, `github_actions_job_queue_seconds_count`',
      'only `status="completed"` and `in_progress`, the latter without `job_name`',
    ],
    [
      '`workflow_execution_time_seconds`',
      '`github_actions_run_duration_seconds`',
      'agrees, but for `branch`; runs that are complete when they are requested (`action_required`) have 0 s here, and are missing there',
    ],
    ['`workflow_status_count`', '`github_actions_runs_total`', 'only `status="completed"`'],
    ['`actions_…_minutes`', 'none with the same meaning', '[What GitHub billed](billing.md)'],
  ],
  promhippie: [
    [
      '`github_workflow_job_completed_total`',
      '`github_actions_jobs_total`',
      'agrees where nothing is run again, but for matrices in `name`',
    ],
    ['`github_workflow_job_duration_seconds_total`', '`github_actions_job_duration_seconds_sum`', 'likewise'],
    [
      '`github_workflow_job_queued_total`',
      '`github_actions_job_queue_seconds_count`',
      'counted at the start, there at the end. No `runner_group_name`, no `conclusion`',
    ],
    [
      '`github_workflow_job_queue_duration_seconds_total`',
      '`github_actions_job_queue_seconds_sum`',
      'likewise',
    ],
    [
      '`github_workflow_run_…`, `github_workflow_job_status` and other gauges',
      'none',
      'counts by state: `github_actions_active_jobs`, `github_actions_active_runs`',
    ],
    ['`github_runner_…`', '`github_actions_runners`', 'by group and state, without names'],
  ],
  'live-actions': [
    [
      '`github_runners_jobs`',
      '`github_actions_active_jobs`',
      'agrees; jobs whose end GitHub lost [leave](meaning.md) here',
    ],
    ['`github_runners_jobs_by_label`', 'the same by `runs_on`', '`label` is the first label'],
    [
      '`github_runners_queue_duration_seconds`',
      '`github_actions_job_queue_seconds`',
      'a lower count, as there are no jobs that were cancelled before they started; without the time behind an approval',
    ],
    [
      '`github_runners_job_conclusions_total`',
      '`github_actions_jobs_total`',
      'agrees where nothing is run again',
    ],
  ],
} as const satisfies Record<string, readonly Difference[]>;
