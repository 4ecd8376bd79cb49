import type { AlertCase } from '../alert-case.ts';

const OLDEST = 'github_actions_oldest_active_job_timestamp_seconds';
const BUCKET = 'github_actions_job_queue_seconds_bucket';
const QUEUED = `${OLDEST}{runs_on="self-hosted,gpu",status="queued"}`;
const GPU = { runs_on: 'self-hosted,gpu' };
const GROUP = { owner: 'octo', runner_group: 'big ones' };
const IN_GROUP = 'owner="octo",runner_group="big ones"';
const LAST_IDLE = `github_actions_runner_group_last_idle_timestamp_seconds{${IN_GROUP}}`;
const BUSY = `github_actions_runners{${IN_GROUP},status="online",busy="true"}`;
const FREE = `github_actions_runners{${IN_GROUP},status="online",busy="false"}`;
const FREE_GPU = 'github_actions_runners_by_label{owner="octo",label="gpu",status="online",busy="false"}';

/** Jobs that all waited between ten and twenty minutes and started in the 61st minute. */
function slow(jobs: number, more = ''): AlertCase['series'] {
  const place = `repository="o/r",workflow="CI",runs_on="gpu"${more}`;
  return {
    [`${BUCKET}{${place},le="600"}`]: '0x200',
    [`${BUCKET}{${place},le="1200"}`]: `0x60 ${jobs}x120`,
    [`${BUCKET}{${place},le="+Inf"}`]: `0x60 ${jobs}x120`,
  };
}

/** Jobs that waited for one to two minutes, and a week later as many for five to ten. */
function slower(before: number, later: string): AlertCase['series'] {
  const place = 'repository="o/r",workflow="CI",runs_on="gpu"';
  return {
    [`${BUCKET}{${place},le="60"}`]: '0x2200',
    [`${BUCKET}{${place},le="120"}`]:
      later === '120' ? `0x12 ${before}x2015 ${before + 20}x100` : `0x12 ${before}x2200`,
    [`${BUCKET}{${place},le="300"}`]:
      later === '120' ? `0x12 ${before}x2015 ${before + 20}x100` : `0x12 ${before}x2200`,
    [`${BUCKET}{${place},le="600"}`]: `0x12 ${before}x2015 ${before + 20}x100`,
    [`${BUCKET}{${place},le="+Inf"}`]: `0x12 ${before}x2015 ${before + 20}x100`,
  };
}

export const QUEUE_CASES: readonly AlertCase[] = [
  {
    ...{
      alert: 'GitHubActionsJobStuckQueued',
      what: 'over half an hour',
      series: { [QUEUED]: '0x60' },
      at: '31m',
    },
    firing: [
      {
        ...{ labels: GPU, value: '31m 0s' },
        summary: 'A job has waited 31m 0s for a runner: self-hosted,gpu',
      },
    ],
  },
  {
    ...{
      alert: 'GitHubActionsJobStuckQueued',
      what: 'half an hour',
      series: { [QUEUED]: '0x60' },
      at: '30m',
    },
  },
  {
    ...{ alert: 'GitHubActionsJobStuckQueued', what: 'a job that runs', at: '50m' },
    series: { [`${OLDEST}{runs_on="gpu",status="in_progress"}`]: '0x60' },
  },
  {
    ...{ alert: 'GitHubActionsJobStuckQueued', what: 'two ant-watchers, one with two replicas', at: '31m' },
    series: {
      [QUEUED]: '0x60',
      [`${OLDEST}{runs_on="self-hosted,gpu",status="queued",instance="b:9876"}`]: '0x60',
      [`${OLDEST}{runs_on="self-hosted,gpu",status="queued",job="others"}`]: '0x60',
    },
    firing: [
      { labels: GPU, value: '31m 0s', summary: 'A job has waited 31m 0s for a runner: self-hosted,gpu' },
      {
        ...{ labels: { ...GPU, job: 'others' }, value: '31m 0s' },
        summary: 'A job has waited 31m 0s for a runner: self-hosted,gpu',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsJobStuckQueued', what: 'a label that a shell would run', at: '31m' },
    series: { [`${OLDEST}{runs_on="it's $(id)",status="queued"}`]: '0x60' },
    firing: [
      {
        ...{ labels: { runs_on: "it's $(id)" }, value: '31m 0s' },
        summary: "A job has waited 31m 0s for a runner: it's $(id)",
      },
    ],
  },
  {
    ...{
      alert: 'GitHubActionsQueueSlow',
      what: '20 jobs of ten minutes and more',
      series: slow(20),
      at: '76m',
    },
    firing: [
      {
        labels: { runs_on: 'gpu' },
        value: '19m 30s',
        summary: 'One job in twenty for gpu waited over 19m 30s',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsQueueSlow', what: 'two replicas that show the same', at: '76m' },
    series: { ...slow(10), ...slow(10, ',instance="b:9876"') },
  },
  { alert: 'GitHubActionsQueueSlow', what: '19 jobs', series: slow(19), at: '76m' },
  {
    alert: 'GitHubActionsQueueSlow',
    what: 'for less than a quarter of an hour',
    series: slow(20),
    at: '75m',
  },
  { alert: 'GitHubActionsQueueSlow', what: 'an hour later', series: slow(20), at: '125m' },
  {
    ...{ alert: 'GitHubActionsQueueSlowerThanUsual', what: 'five times as slow', weeks: true, at: '10200m' },
    series: slower(20, '600'),
    firing: [
      {
        ...{ labels: { runs_on: 'gpu' }, value: '5.0' },
        summary: 'Jobs for gpu wait 5.0 times as long as at this time a week ago',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsQueueSlowerThanUsual', what: 'as slow as ever', weeks: true, at: '10200m' },
    series: slower(20, '120'),
  },
  {
    ...{ alert: 'GitHubActionsQueueSlowerThanUsual', what: 'too few jobs then', weeks: true, at: '10200m' },
    series: slower(19, '600'),
  },
  {
    ...{ alert: 'GitHubActionsNoFreeRunner', what: 'for over half an hour', at: '31m' },
    series: { [LAST_IDLE]: '0x60', [BUSY]: '4x60', [QUEUED]: '0x60' },
    firing: [
      {
        ...{ labels: GROUP, value: '31m 0s' },
        summary: 'No runner of big ones (octo) has been free for 31m 0s, and jobs wait',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsNoFreeRunner', what: 'for half an hour', at: '30m' },
    series: { [LAST_IDLE]: '0x60', [BUSY]: '4x60', [QUEUED]: '0x60' },
  },
  {
    ...{ alert: 'GitHubActionsNoFreeRunner', what: 'no job waits', at: '31m' },
    series: { [LAST_IDLE]: '0x60', [BUSY]: '4x60' },
  },
  {
    ...{ alert: 'GitHubActionsNoFreeRunner', what: 'a group that is scaled to nothing', at: '31m' },
    series: { [LAST_IDLE]: '0x60', [QUEUED]: '0x60' },
  },
  {
    ...{ alert: 'GitHubActionsRunnersSaturated', what: '96 %', at: '41m' },
    series: { [BUSY]: '96x60', [FREE]: '4x60', [QUEUED]: '0x60' },
    firing: [
      {
        labels: GROUP,
        value: '96%',
        summary: '96% of the runners of big ones (octo) are busy, and jobs wait',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsRunnersSaturated', what: '95 %', at: '41m' },
    series: { [BUSY]: '95x60', [FREE]: '5x60', [QUEUED]: '0x60' },
  },
  {
    ...{ alert: 'GitHubActionsRunnersSaturated', what: 'no job waits', at: '41m' },
    series: { [BUSY]: '96x60', [FREE]: '4x60' },
  },
  {
    ...{ alert: 'GitHubActionsJobsWaitWhileRunnersIdle', what: 'its label is free', at: '21m' },
    series: { [QUEUED]: '0x60', [FREE_GPU]: '1x60' },
    firing: [
      {
        ...{ labels: GPU, value: '21m 0s' },
        summary: 'A job has waited 21m 0s for self-hosted,gpu although a runner with that label is free',
      },
    ],
  },
  {
    ...{ alert: 'GitHubActionsJobsWaitWhileRunnersIdle', what: 'another label is free', at: '21m' },
    series: { [QUEUED]: '0x60', [FREE_GPU.replace('gpu', 'cpu')]: '1x60' },
  },
  {
    ...{ alert: 'GitHubActionsJobsWaitWhileRunnersIdle', what: 'none is free', at: '21m' },
    series: { [QUEUED]: '0x60', [FREE_GPU]: '0x60' },
  },
];
