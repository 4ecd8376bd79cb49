import type { AlertCase } from '../alert-case.ts';

const CI = { repository: 'o/r', workflow: 'CI' };
const FILE = { ...CI, file: 'ci.yml' };
const IN_FILE = 'repository="o/r",workflow="CI",file="ci.yml"';
const IN_A_ROW = `github_actions_workflow_consecutive_failures{${IN_FILE}}`;
const LAST_RUN = `github_actions_workflow_last_run_timestamp_seconds{${IN_FILE}}`;
const LAST_SUCCESS = `github_actions_workflow_last_success_timestamp_seconds{${IN_FILE}}`;
const LOST = failuresBy('runner_lost');
const STARTUP = failuresBy('startup');
const DEPLOYED =
  'github_actions_deployments_total{repository="o/r",environment="Production",state="failure"}';
const STALE = 'github_actions_stale_jobs{repository="o/r",status="queued"}';

function failuresBy(cause: string): string {
  return `github_actions_job_failures_total{repository="o/r",workflow="CI",job_name="build",cause="${cause}"}`;
}

function runs(failed: number, succeeded: number): AlertCase['series'] {
  const place = 'repository="o/r",workflow="CI",team="web",event="push",branch="default"';
  return {
    [`github_actions_runs_total{${place},conclusion="failure"}`]: `0x360 ${failed}x100`,
    [`github_actions_runs_total{${place},conclusion="success"}`]: `0x360 ${succeeded}x100`,
    [`github_actions_runs_total{${place},conclusion="cancelled"}`]: '0x360 50x100',
  };
}

export const FAILURE_CASES: readonly AlertCase[] = [
  {
    ...{ alert: 'GitHubActionsDefaultBranchFailing', what: 'three times in a row', at: '5m' },
    series: { [IN_A_ROW]: '3x10', [LAST_RUN]: '0x10' },
    firing: [
      { labels: FILE, value: '3', summary: 'CI of o/r has failed 3 times in a row on the default branch' },
    ],
  },
  {
    ...{ alert: 'GitHubActionsDefaultBranchFailing', what: 'twice', at: '5m' },
    series: { [IN_A_ROW]: '2x10', [LAST_RUN]: '0x10' },
  },
  {
    ...{ alert: 'GitHubActionsDefaultBranchFailing', what: 'a workflow that nobody runs any more', at: '5m' },
    series: { [IN_A_ROW]: '3x10', [LAST_RUN]: '-604500x10' },
  },
  {
    ...{ alert: 'GitHubActionsNoSuccess', what: 'one failure, and no success for over a week', at: '1m' },
    series: { [IN_A_ROW]: '1x10', [LAST_RUN]: '0x10', [LAST_SUCCESS]: '-604800x10' },
    firing: [
      {
        ...{ labels: FILE, value: '7d 0h 1m 0s' },
        summary: 'CI of o/r last succeeded 7d 0h 1m 0s ago on the default branch',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsNoSuccess', what: 'a week', at: '1m' },
    series: { [IN_A_ROW]: '1x10', [LAST_RUN]: '0x10', [LAST_SUCCESS]: '-604740x10' },
  },
  {
    ...{ alert: 'GitHubActionsNoSuccess', what: 'runs that are skipped or cancelled', at: '1m' },
    series: { [IN_A_ROW]: '0x10', [LAST_RUN]: '0x10', [LAST_SUCCESS]: '-604800x10' },
  },
  {
    ...{ alert: 'GitHubActionsNoSuccess', what: 'the other alert says it', at: '1m' },
    series: { [IN_A_ROW]: '3x10', [LAST_RUN]: '0x10', [LAST_SUCCESS]: '-604800x10' },
  },
  {
    ...{ alert: 'GitHubActionsFailureRateHigh', what: 'six of ten', series: runs(6, 4), at: '376m' },
    firing: [
      {
        labels: { ...CI, team: 'web' },
        value: '60%',
        summary: '60% of the runs of CI in o/r failed in six hours',
      },
    ],
  },
  { alert: 'GitHubActionsFailureRateHigh', what: 'half of them', series: runs(5, 5), at: '376m' },
  { alert: 'GitHubActionsFailureRateHigh', what: 'nine runs', series: runs(6, 3), at: '376m' },
  {
    ...{ alert: 'GitHubActionsRunnersLost', what: 'a series that begins at 3', at: '80m' },
    series: { [LOST]: '_x70 3x80' },
    firing: [
      {
        ...{ labels: { repository: 'o/r', cause: 'runner_lost' }, value: '3' },
        summary: '3 jobs of o/r lost their runner within an hour',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsRunnersLost', what: 'to a Prometheus that began 20 minutes ago', at: '20m' },
    series: { [LOST]: '5x10 8x60' },
    firing: [
      {
        ...{ labels: { repository: 'o/r', cause: 'runner_lost' }, value: '3' },
        summary: '3 jobs of o/r lost their runner within an hour',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsRunnersLost', what: 'two jobs, and two replicas', at: '80m' },
    series: { [LOST]: '0x70 2x80', [LOST.replace('{', '{instance="b:9876",')]: '0x70 2x80' },
  },
  {
    ...{ alert: 'GitHubActionsRunnersLost', what: 'an hour later', at: '132m' },
    series: { [LOST]: '_x70 3x80' },
  },
  {
    ...{ alert: 'GitHubActionsRunnersLost', what: 'old failures, to a new Prometheus', at: '80m' },
    series: { [LOST]: '_x70 300x80', 'ant_watcher_queue_deliveries{state="pending"}': '_x70 0x80' },
  },
  {
    ...{ alert: 'GitHubActionsRunnersLost', what: 'old failures, after a gap in the scrapes', at: '125m' },
    series: {
      [LOST]: '300x40 _x60 300x40',
      'ant_watcher_queue_deliveries{state="pending"}': '0x40 _x60 0x40',
    },
  },
  {
    ...{ alert: 'GitHubActionsRunnersLost', what: 'a pod that is replaced', at: '80m' },
    series: { [LOST]: '300x70', [LOST.replace('{', '{instance="b:9876",')]: '_x70 300x80' },
  },
  {
    ...{
      alert: 'GitHubActionsJobsFailToStart',
      what: 'three jobs',
      series: { [STARTUP]: '0x70 3x80' },
      at: '80m',
    },
    firing: [
      {
        ...{ labels: { repository: 'o/r', cause: 'startup' }, value: '3' },
        summary: '3 jobs of o/r could not start within an hour',
      },
    ],
  },
  { alert: 'GitHubActionsJobsFailToStart', what: 'two', series: { [STARTUP]: '0x70 2x80' }, at: '80m' },
  {
    ...{
      alert: 'GitHubActionsDeploymentFailed',
      what: 'the first',
      series: { [DEPLOYED]: '_x70 1x80' },
      at: '71m',
    },
    firing: [
      {
        ...{ labels: { repository: 'o/r', environment: 'Production' }, value: '1' },
        summary: '1 deployments of o/r to Production failed within an hour',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsDeploymentFailed', what: 'to another environment', at: '71m' },
    series: { [DEPLOYED.replace('Production', 'non-prod')]: '_x70 1x80' },
  },
  {
    ...{ alert: 'GitHubActionsDeploymentFailed', what: 'a success', at: '71m' },
    series: { [DEPLOYED.replace('failure', 'success')]: '_x70 1x80' },
  },
  {
    ...{ alert: 'GitHubActionsStaleJobs', what: 'one', series: { [STALE]: '1x60' }, at: '15m' },
    firing: [{ labels: { repository: 'o/r' }, value: '1', summary: "1 jobs of o/r can't end any more" }],
  },
  { alert: 'GitHubActionsStaleJobs', what: 'none', series: { [STALE]: '0x60' }, at: '15m' },
];
