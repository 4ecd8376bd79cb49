/*
 * Series of two replicas, and what the rules for names of other exporters make of them.
 */

const JOBS = 'github_actions_jobs_total{repository="o/r",workflow="CI",team="web"';
const BUILD = `${JOBS},job_name="build",runs_on="self-hosted,gpu"`;
const QUEUE = 'repository="o/r",workflow="CI",team="web",runs_on="self-hosted,gpu"';
const DURATION = 'repository="o/r",workflow="CI",team="web",job_name="build",conclusion="success"';
const RUNS = 'repository="o/r",workflow="CI",team="web"';

/** What one replica shows, and the other if it is behind. */
export const SERIES: Readonly<Record<string, readonly [value: number, ofOther?: number]>> = {
  [`${BUILD},conclusion="success"}`]: [40, 39],
  [`${BUILD},conclusion="failure"}`]: [3],
  [`${JOBS},job_name="lint",runs_on="ubuntu-latest",conclusion="skipped"}`]: [2],
  'github_actions_jobs_total{repository="__other__",workflow="__other__",job_name="__other__",runs_on="__other__",conclusion="__other__"}':
    [5],
  [`github_actions_job_queue_seconds_bucket{${QUEUE},le="60"}`]: [30],
  [`github_actions_job_queue_seconds_bucket{${QUEUE},le="+Inf"}`]: [44],
  [`github_actions_job_queue_seconds_sum{${QUEUE}}`]: [900],
  [`github_actions_job_queue_seconds_count{${QUEUE}}`]: [44],
  [`github_actions_job_duration_seconds_bucket{${DURATION},le="+Inf"}`]: [40],
  [`github_actions_job_duration_seconds_sum{${DURATION}}`]: [4000],
  [`github_actions_job_duration_seconds_count{${DURATION}}`]: [40],
  [`github_actions_runs_total{${RUNS},event="push",branch="default",conclusion="success"}`]: [7],
  [`github_actions_runs_total{${RUNS},event="schedule",branch="default",conclusion="success"}`]: [2],
  [`github_actions_runs_total{${RUNS},event="push",branch="default",conclusion="timed_out"}`]: [1],
  [`github_actions_run_duration_seconds_bucket{${RUNS},branch="default",conclusion="success",le="+Inf"}`]: [
    9,
  ],
  [`github_actions_run_duration_seconds_sum{${RUNS},branch="default",conclusion="success"}`]: [990],
  [`github_actions_run_duration_seconds_count{${RUNS},branch="default",conclusion="success"}`]: [9],
  [`github_actions_run_queue_seconds_bucket{${RUNS},le="+Inf"}`]: [10],
  [`github_actions_run_queue_seconds_sum{${RUNS}}`]: [50],
  [`github_actions_run_queue_seconds_count{${RUNS}}`]: [10],
  [`github_actions_active_jobs{${QUEUE},status="queued"}`]: [4],
  [`github_actions_active_jobs{${QUEUE},status="in_progress"}`]: [6],
  [`github_actions_active_jobs{${QUEUE},status="waiting"}`]: [9],
  'github_actions_active_jobs{repository="o/s",workflow="CI",runs_on="self-hosted",status="queued"}': [1],
  [`github_actions_active_runs{${RUNS},status="queued"}`]: [2],
  [`github_actions_active_runs{${RUNS},status="waiting"}`]: [1],
  [`github_actions_active_runs{${RUNS},status="in_progress"}`]: [5],
  'github_actions_runners{owner="o",runner_group="Default",status="online",busy="false"}': [3],
  'github_actions_runners{owner="o",runner_group="Default",status="online",busy="true"}': [8],
  'github_actions_runners{owner="o",runner_group="Default",status="offline",busy="false"}': [1],
  [`github_actions_job_failures_total{${RUNS},job_name="build",cause="runner_lost"}`]: [2],
  [`github_actions_job_failures_total{${RUNS},job_name="build",cause="startup"}`]: [1],
  [`github_actions_job_failures_total{${RUNS},job_name="build",cause="step"}`]: [9],
  'ant_watcher_github_rate_limit_remaining{credential="app:1",resource="core"}': [9000, 3500],
  'ant_watcher_github_rate_limit_remaining{credential="token",resource="core"}': [4000],
  'ant_watcher_github_rate_limit_remaining{credential="token",resource="search"}': [1],
  'ant_watcher_github_rate_limit{credential="app:1",resource="core"}': [15_000],
  'ant_watcher_github_rate_limit{credential="token",resource="core"}': [5000],
};

type Samples = readonly (readonly [labels: string, value: number])[];

const ARC = 'owner="o",repository="r",repository_full_name="o/r",workflow_name="CI"';
const ARC_POOL = `${ARC},runs_on="self-hosted,gpu"`;
const ARC_LINT = `${ARC},runs_on="ubuntu-latest",job_name="lint"`;
const ARC_OTHER =
  'repository="__other__",repository_full_name="__other__",workflow_name="__other__",runs_on="__other__",job_name="__other__"';
const ARC_RUN = `${ARC},job_name="build",job_conclusion="success"`;
const CPANATO = 'org="o",repo="r",workflow_name="CI"';
const CPANATO_POOL = `${CPANATO},state="queued",runs_on="self-hosted,gpu"`;
const CPANATO_JOB = `${CPANATO},state="in_progress",job_name="build"`;
const CPANATO_RUN = `${CPANATO},branch="default",conclusion="success"`;
const PROMHIPPIE = 'owner="o",repo="r",workflow_name="CI"';
const PIPELINE = 'cicd_pipeline_name="CI",vcs_owner_name="o",vcs_repository_name="r"';
const PENDING = `${PIPELINE},cicd_pipeline_run_state="pending"`;

/** By the name of the file, then of the series. Every label is here but `job`, which is that of the scrape. */
export const EXPECTED: Readonly<Record<string, Readonly<Record<string, Samples>>>> = {
  arc: {
    github_workflow_jobs_started_total: [[ARC_POOL, 44]],
    github_workflow_jobs_completed_total: [
      [`${ARC_POOL},job_name="build"`, 43],
      [ARC_LINT, 2],
      [ARC_OTHER, 5],
    ],
    github_workflow_job_conclusions_total: [
      [`${ARC_POOL},job_name="build",job_conclusion="success"`, 40],
      [`${ARC_POOL},job_name="build",job_conclusion="failure"`, 3],
      [`${ARC_LINT},job_conclusion="skipped"`, 2],
      [`${ARC_OTHER},job_conclusion="__other__"`, 5],
    ],
    github_workflow_job_failures_total: [[`${ARC_POOL},job_name="build",exit_code="na"`, 3]],
    github_workflow_job_queue_duration_seconds_bucket: [
      [`${ARC_POOL},le="60"`, 30],
      [`${ARC_POOL},le="+Inf"`, 44],
    ],
    github_workflow_job_queue_duration_seconds_sum: [[ARC_POOL, 900]],
    github_workflow_job_queue_duration_seconds_count: [[ARC_POOL, 44]],
    github_workflow_job_run_duration_seconds_bucket: [[`${ARC_RUN},le="+Inf"`, 40]],
    github_workflow_job_run_duration_seconds_sum: [[ARC_RUN, 4000]],
    github_workflow_job_run_duration_seconds_count: [[ARC_RUN, 40]],
    github_rate_limit_remaining: [['', 3500]],
    github_rate_limit: [['', 15_000]],
  },
  cpanato: {
    workflow_job_duration_seconds_bucket: [
      [`${CPANATO_POOL},le="60"`, 30],
      [`${CPANATO_POOL},le="+Inf"`, 44],
      [`${CPANATO_JOB},le="+Inf"`, 40],
    ],
    workflow_job_duration_seconds_sum: [
      [CPANATO_POOL, 900],
      [CPANATO_JOB, 4000],
    ],
    workflow_job_duration_seconds_count: [
      [CPANATO_POOL, 44],
      [CPANATO_JOB, 40],
    ],
    workflow_job_duration_seconds_total: [
      [`${CPANATO},status="completed",job_name="build",conclusion="success"`, 4000],
    ],
    workflow_job_status_count: [
      [`${CPANATO},status="completed",job_name="build",conclusion="success"`, 40],
      [`${CPANATO},status="completed",job_name="build",conclusion="failure"`, 3],
      [`${CPANATO},status="completed",job_name="lint",conclusion="skipped"`, 2],
      [
        'repo="__other__",workflow_name="__other__",status="completed",job_name="__other__",conclusion="__other__"',
        5,
      ],
      [`${CPANATO},status="in_progress"`, 44],
    ],
    workflow_execution_time_seconds_bucket: [[`${CPANATO_RUN},le="+Inf"`, 9]],
    workflow_execution_time_seconds_sum: [[CPANATO_RUN, 990]],
    workflow_execution_time_seconds_count: [[CPANATO_RUN, 9]],
    workflow_status_count: [
      [`${CPANATO_RUN},status="completed"`, 9],
      [`${CPANATO},branch="default",conclusion="timed_out",status="completed"`, 1],
    ],
  },
  promhippie: {
    github_workflow_job_completed_total: [
      [`${PROMHIPPIE},name="build",conclusion="success"`, 40],
      [`${PROMHIPPIE},name="build",conclusion="failure"`, 3],
      [`${PROMHIPPIE},name="lint",conclusion="skipped"`, 2],
      ['repo="__other__",workflow_name="__other__",name="__other__",conclusion="__other__"', 5],
    ],
    github_workflow_job_duration_seconds_total: [[`${PROMHIPPIE},name="build",conclusion="success"`, 4000]],
    github_workflow_job_queued_total: [[PROMHIPPIE, 44]],
    github_workflow_job_queue_duration_seconds_total: [[PROMHIPPIE, 900]],
  },
  'live-actions': {
    github_runners_jobs: [
      ['job_status="queued"', 5],
      ['job_status="in_progress"', 6],
    ],
    github_runners_jobs_by_label: [
      ['label="self-hosted",job_status="queued"', 5],
      ['label="self-hosted",job_status="in_progress"', 6],
    ],
    github_runners_queue_duration_seconds_bucket: [
      ['label="self-hosted",le="60"', 30],
      ['label="self-hosted",le="+Inf"', 44],
    ],
    github_runners_queue_duration_seconds_sum: [['label="self-hosted"', 900]],
    github_runners_queue_duration_seconds_count: [['label="self-hosted"', 44]],
    github_runners_job_conclusions_total: [
      ['conclusion="success"', 40],
      ['conclusion="failure"', 3],
      ['conclusion="skipped"', 2],
      ['conclusion="__other__"', 5],
    ],
  },
  otel: {
    cicd_pipeline_run_duration_seconds_bucket: [[`${PENDING},le="+Inf"`, 10]],
    cicd_pipeline_run_duration_seconds_sum: [[PENDING, 50]],
    cicd_pipeline_run_duration_seconds_count: [[PENDING, 10]],
    cicd_pipeline_run_active: [
      [PENDING, 3],
      [`${PIPELINE},cicd_pipeline_run_state="executing"`, 5],
    ],
    cicd_pipeline_run_errors_total: [[`${PIPELINE},error_type="timed_out"`, 1]],
    cicd_worker_count: [
      ['owner="o",runner_group="Default",cicd_worker_state="available"', 3],
      ['owner="o",runner_group="Default",cicd_worker_state="busy"', 8],
      ['owner="o",runner_group="Default",cicd_worker_state="offline"', 1],
    ],
    cicd_system_errors_total: [
      [`${PIPELINE},error_type="runner_lost",cicd_system_component="runner"`, 2],
      [`${PIPELINE},error_type="startup",cicd_system_component="controller"`, 1],
    ],
  },
};
