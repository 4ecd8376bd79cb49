/*
 * What people ask of other exporters, in our own words, with where each question comes from. Names of exporters are those
 * of the files of rules.
 */

export interface OldQuery {
  readonly exporter: string;
  /** A repository and an issue, or a file of it. */
  readonly source: string;
  readonly query: string;
}

const ARC = 'actions/actions-runner-controller';
const CPANATO = 'cpanato/github_actions_exporter';
const PROMHIPPIE = 'promhippie/github_exporter';
const LIVE_ACTIONS = 'gateixeira/live-actions';
const SEMCONV = 'open-telemetry/semantic-conventions docs/cicd/cicd-metrics.md';

/** Prometheus 2 reads our bounds as `60.0`, Prometheus 3 all bounds. */
const BOUND = 'github_workflow_job_queue_duration_seconds_bucket{le=~"60|60.0"}';
/** The window of every query, long enough for the test. */
const W = '[10m]';

export const OLD_QUERIES: readonly OldQuery[] = [
  // ARC publishes no queries for these metrics: this is what its users ask about.
  arc(
    '#2218',
    `sum by (repository_full_name, job_conclusion) (increase(github_workflow_job_conclusions_total${W}))`,
  ),
  arc('#2218', `sum by (owner, repository) (github_workflow_jobs_completed_total{organization=""})`),
  arc('#2176', `sum by (workflow_name, runs_on) (rate(github_workflow_jobs_started_total${W}))`),
  arc(
    '#4187',
    `histogram_quantile(0.95, sum by (le, runs_on) (rate(github_workflow_job_queue_duration_seconds_bucket${W})))`,
  ),
  arc(
    '#4431',
    `sum(github_workflow_job_queue_duration_seconds_sum) / sum(github_workflow_job_queue_duration_seconds_count)`,
  ),
  arc(
    '#3522',
    `histogram_quantile(0.5, sum by (le) (rate(github_workflow_job_run_duration_seconds_bucket{job_conclusion="success"}${W})))`,
  ),
  arc(
    'pkg/actionsmetrics/metrics.go',
    `sum by (job_name) (github_workflow_job_failures_total{exit_code="na"})`,
  ),
  arc('pkg/actionsmetrics/metrics.go', BOUND),

  cpanato(
    'README.md',
    `sum by (runner_group) (rate(workflow_job_duration_seconds_sum{state="queued"}${W})) / sum by (runner_group) (rate(workflow_job_duration_seconds_count{state="queued"}${W}))`,
  ),
  cpanato(
    'README.md',
    `histogram_quantile(0.95, sum by (le, runner_group) (rate(workflow_job_duration_seconds_bucket{state="queued"}${W})))`,
  ),
  cpanato(
    '#38',
    `sum by (org, repo) (increase(workflow_job_duration_seconds_total{status="completed"}${W}))`,
  ),
  cpanato(
    '#38',
    `sum by (job_name) (increase(workflow_job_duration_seconds_total{status="completed",conclusion="success"}${W}))`,
  ),
  cpanato('#12', `sum by (repo) (increase(workflow_job_status_count{status="completed"}${W}))`),
  cpanato(
    '#12',
    `sum(increase(workflow_status_count{status="completed",conclusion="success"}${W})) / sum(increase(workflow_status_count{status="completed"}${W}))`,
  ),
  cpanato('#154', `sum by (branch) (increase(workflow_execution_time_seconds_count${W}))`),

  promhippie('#712', `sum by (owner, repo, conclusion) (increase(github_workflow_job_completed_total${W}))`),
  promhippie(
    '#712',
    `sum(increase(github_workflow_job_completed_total{conclusion="success"}${W})) / sum(increase(github_workflow_job_completed_total${W}))`,
  ),
  promhippie(
    '#712',
    `sum(increase(github_workflow_job_duration_seconds_total${W})) / sum(increase(github_workflow_job_completed_total${W}))`,
  ),
  promhippie(
    '#501',
    `sum by (repo) (github_workflow_job_queue_duration_seconds_total) / sum by (repo) (github_workflow_job_queued_total)`,
  ),

  liveActions('README.md', `github_runners_jobs{job_status="in_progress"}`),
  liveActions('README.md', `sum by (label) (github_runners_jobs_by_label)`),
  liveActions(
    'README.md',
    `sum(increase(github_runners_job_conclusions_total{conclusion="failure"}${W})) / sum(increase(github_runners_job_conclusions_total${W}))`,
  ),
  liveActions(
    'README.md',
    `histogram_quantile(0.9, sum by (le, label) (rate(github_runners_queue_duration_seconds_bucket${W})))`,
  ),

  otel(`sum by (cicd_pipeline_run_state) (cicd_pipeline_run_active)`),
  otel(`sum by (cicd_pipeline_name, error_type) (increase(cicd_pipeline_run_errors_total${W}))`),
];

/** Sums that agree, by those of ours. */
export const EQUAL: Readonly<Record<string, readonly string[]>> = {
  'sum(github_actions_jobs_total)': [
    'sum(github_workflow_jobs_completed_total)',
    'sum(github_workflow_job_conclusions_total)',
    'sum(workflow_job_status_count{status="completed"})',
    'sum(github_workflow_job_completed_total)',
    'sum(github_runners_job_conclusions_total)',
  ],
  'sum(github_actions_job_queue_seconds_count)': [
    'sum(github_workflow_jobs_started_total)',
    'sum(github_workflow_job_queue_duration_seconds_count)',
    'sum(workflow_job_status_count{status="in_progress"})',
    'sum(github_workflow_job_queued_total)',
    'sum(github_runners_queue_duration_seconds_bucket{le="+Inf"})',
  ],
  'sum(github_actions_job_duration_seconds_sum)': [
    'sum(github_workflow_job_run_duration_seconds_sum)',
    'sum(workflow_job_duration_seconds_total)',
    'sum(workflow_job_duration_seconds_sum{state="in_progress"})',
    'sum(github_workflow_job_duration_seconds_total)',
  ],
  'sum(github_actions_runs_total)': ['sum(workflow_status_count{status="completed"})'],
  'sum(github_actions_active_runs)': ['sum(cicd_pipeline_run_active)'],
};

function arc(source: string, query: string): OldQuery {
  return { exporter: 'arc', source: sourceIn(ARC, source), query };
}

function cpanato(source: string, query: string): OldQuery {
  return { exporter: 'cpanato', source: sourceIn(CPANATO, source), query };
}

function promhippie(source: string, query: string): OldQuery {
  return { exporter: 'promhippie', source: sourceIn(PROMHIPPIE, source), query };
}

function liveActions(source: string, query: string): OldQuery {
  return { exporter: 'live-actions', source: sourceIn(LIVE_ACTIONS, source), query };
}

function otel(query: string): OldQuery {
  return { exporter: 'otel', source: SEMCONV, query };
}

function sourceIn(repository: string, source: string): string {
  return source.startsWith('#') ? `${repository}${source}` : `${repository} ${source}`;
}
