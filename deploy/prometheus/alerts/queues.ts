import { DOMAIN } from '../../../src/domain/catalogue.ts';
import { BOARDS, DURATION, label, linkTo, SHARE, TIMES, word } from '../annotations.ts';
import { installationAnd, once, select, sumBy } from '../promql.ts';
import { RECORDED } from '../recording-rules.ts';
import { type AlertRule, spellSeconds } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';

const QUEUED_SINCE = select(DOMAIN.oldestActiveJob, { status: 'queued' });
/** How long the oldest queued job of each kind of runner has waited. An age needs no `for`: it outlives a restart. */
const WAIT = `time() - min by (${installationAnd('runs_on')}) (${QUEUED_SINCE})`;
const ANY_WAIT = `time() - min by (${installationAnd()}) (${QUEUED_SINCE}) > ${THRESHOLDS.busyQueuedSeconds}`;
const POOL = ['owner', 'runner_group'];
const BUSY = sumBy(...POOL)(select(DOMAIN.runners, { status: 'online', busy: 'true' }));
const ONLINE = sumBy(...POOL)(select(DOMAIN.runners, { status: 'online' }));
const FREE_BY_LABEL = sumBy('label')(select(DOMAIN.runnersByLabel, { status: 'online', busy: 'false' }));

const QUEUES = {
  page: linkTo('/queues', ['runs_on']),
  board: linkTo(BOARDS.queues, ['runs_on'], 'var-'),
};
const RUNNERS = { page: linkTo('/runners'), board: linkTo(BOARDS.queues) };
const WAITING_JOBS = `ant-watcher jobs --status queued --runs-on ${word('runs_on')}`;

/** Jobs that wait, and the runners that they wait for. */
export const QUEUE_ALERTS: readonly AlertRule[] = [
  {
    name: 'GitHubActionsJobStuckQueued',
    severity: 'warning',
    expr: `${WAIT} > ${THRESHOLDS.queuedSeconds}`,
    summary: `A job has waited ${DURATION} for a runner: ${label('runs_on')}`,
    description: `No runner has taken it. The jobs: ${WAITING_JOBS}`,
    ...QUEUES,
    runbook: {
      means: `A job has been queued for ${spellSeconds(THRESHOLDS.queuedSeconds)}. Somebody waits for it.`,
      look: "`ant-watcher jobs --status queued --runs-on self-hosted,gpu` lists the jobs, and a run's page says why it waits.",
      fix: 'Start runners with these labels, let the repository use their group, or correct `runs-on`. What nobody needs any more: cancel it. For labels of GitHub itself, see githubstatus.com.',
      harmless:
        'Runners that are switched off on purpose: silence the `runs_on`. After 24 hours GitHub gives up, and the job leaves the number.',
    },
  },
  {
    name: 'GitHubActionsQueueSlow',
    severity: 'warning',
    expr: `${RECORDED.queueP95} > ${THRESHOLDS.queueP95Seconds}\n  and ${RECORDED.queueCount} >= ${THRESHOLDS.queueMinJobs}`,
    for: '15m',
    summary: `One job in twenty for ${label('runs_on')} waited over ${DURATION}`,
    description: `The 95th percentile of the queue time of the last hour. The longest: ant-watcher jobs --status completed --sort=-queue_seconds --from=-1h --runs-on ${word('runs_on')}`,
    ...QUEUES,
    runbook: {
      means: `The 95th percentile of the queue time has been over ${spellSeconds(THRESHOLDS.queueP95Seconds)}, of ${THRESHOLDS.queueMinJobs} jobs an hour or more.`,
      look: 'Queues on the page, then Capacity: how many runners would have been enough.',
      fix: 'Add runners, or make the autoscaler start them earlier. Spread what starts at one time, such as nightly runs at midnight.',
      harmless: 'A burst that everybody expects, such as a release.',
    },
  },
  {
    name: 'GitHubActionsQueueSlowerThanUsual',
    severity: 'info',
    expr: [
      `${RECORDED.queueP95} / ${RECORDED.queueP95} offset 1w > ${THRESHOLDS.queueTimesUsual}`,
      `  and ${RECORDED.queueP95} > ${THRESHOLDS.queueUnusualSeconds}`,
      `  and ${RECORDED.queueCount} >= ${THRESHOLDS.queueMinJobs}`,
      `  and ${RECORDED.queueCount} offset 1w >= ${THRESHOLDS.queueMinJobs}`,
    ].join('\n'),
    for: '15m',
    summary: `Jobs for ${label('runs_on')} wait ${TIMES} times as long as at this time a week ago`,
    description:
      'The 95th percentile of the queue time of the last hour, compared with the same hour a week ago.',
    ...QUEUES,
    runbook: {
      means: `The queue has got ${THRESHOLDS.queueTimesUsual} times as slow as in the same hour a week ago, and over ${spellSeconds(THRESHOLDS.queueUnusualSeconds)}. Both hours have ${THRESHOLDS.queueMinJobs} jobs or more.`,
      look: 'Queues on the page, with the window of a week.',
      fix: 'As for [GitHubActionsQueueSlow](#githubactionsqueueslow), before it gets there.',
      harmless: 'The week before was a holiday.',
    },
  },
  {
    name: 'GitHubActionsNoFreeRunner',
    severity: 'warning',
    expr: [
      `time() - ${once(select(DOMAIN.runnerGroupLastIdle))} > ${THRESHOLDS.noFreeRunnerSeconds}`,
      `  and on (${installationAnd(...POOL)}) ${BUSY} > 0`,
      `  and on (${installationAnd()}) ${ANY_WAIT}`,
    ].join('\n'),
    summary: `No runner of ${label('runner_group')} (${label('owner')}) has been free for ${DURATION}, and jobs wait`,
    description:
      'All runners of the group that are online are busy. The jobs that wait: ant-watcher jobs --status queued',
    ...RUNNERS,
    runbook: {
      means: `For ${spellSeconds(THRESHOLDS.noFreeRunnerSeconds)} no runner of the group was seen online and free, while some job has waited for ${spellSeconds(THRESHOLDS.busyQueuedSeconds)}.`,
      look: 'Runners on the page: busy hours, and who uses them. [When a group last had a free runner](runners.md#when-a-group-last-had-a-free-runner) explains the number.',
      fix: 'Add runners to the group. If they are many and still busy, look for jobs that hang: `ant-watcher jobs --status in_progress`.',
      harmless:
        'Runners that exist for one job only are never free: the jobs that wait may wait for another group. Nothing tells which group a job waits for.',
    },
  },
  {
    name: 'GitHubActionsRunnersSaturated',
    severity: 'info',
    expr: [
      `${BUSY} / ${ONLINE} > ${THRESHOLDS.saturation}`,
      `  and on (${installationAnd()}) ${ANY_WAIT}`,
    ].join('\n'),
    for: '30m',
    summary: `${SHARE} of the runners of ${label('runner_group')} (${label('owner')}) are busy, and jobs wait`,
    description: 'Of the runners that are online. The jobs that wait: ant-watcher jobs --status queued',
    ...RUNNERS,
    runbook: {
      means: `More than ${THRESHOLDS.saturation * 100} % of the online runners of a group have been busy for half an hour, and some job has waited for ${spellSeconds(THRESHOLDS.busyQueuedSeconds)}.`,
      look: 'Runners, and Capacity on the page.',
      fix: 'As for [GitHubActionsNoFreeRunner](#githubactionsnofreerunner), which says the same of the last runner.',
      harmless: 'Runners that exist for one job only are always busy.',
    },
  },
  {
    name: 'GitHubActionsJobsWaitWhileRunnersIdle',
    severity: 'warning',
    expr: [
      `${WAIT} > ${THRESHOLDS.idleQueuedSeconds}`,
      `  and on (${installationAnd('runs_on')}) (`,
      `    label_replace(${FREE_BY_LABEL} > 0, "runs_on", "$1", "label", "(.*)")`,
      `    or label_replace(${FREE_BY_LABEL} > 0, "runs_on", "self-hosted,$1", "label", "(.*)")`,
      '  )',
    ].join('\n'),
    for: '5m',
    summary: `A job has waited ${DURATION} for ${label('runs_on')} although a runner with that label is free`,
    description: `GitHub does not give the job to the runner. The jobs: ${WAITING_JOBS}`,
    ...QUEUES,
    runbook: {
      means: `A job asks for one label (with or without \`self-hosted\`), a runner with that label is online and free, and the job has waited for ${spellSeconds(THRESHOLDS.idleQueuedSeconds)}. Only with \`metrics.runner_labels\`.`,
      look: 'The runner group of the free runner, in the settings of the organization: may the repository use it, and this workflow?',
      fix: 'Give the repository access to the group. If it has it, restart the runner: it may have lost its session with GitHub.',
      harmless: 'The free runner belongs to another owner on purpose.',
    },
  },
];
