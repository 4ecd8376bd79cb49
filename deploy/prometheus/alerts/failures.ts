import { DOMAIN } from '../../../src/domain/catalogue.ts';
import { BOARDS, COUNT, DURATION, label, linkTo, SHARE, word } from '../annotations.ts';
import { grown, once, select, sumWithout } from '../promql.ts';
import { RECORDED } from '../recording-rules.ts';
import { type AlertRule, spellSeconds } from '../rule.ts';
import { PRODUCTION, THRESHOLDS } from '../thresholds.ts';

const IN_A_ROW = once(select(DOMAIN.consecutiveFailures));
const RAN_LATELY = `time() - ${once(select(DOMAIN.lastRun))} < ${THRESHOLDS.abandonedSeconds}`;
const WORKFLOW = {
  page: linkTo('/failures', ['repository', 'workflow']),
  board: linkTo(BOARDS.workflow, ['repository', 'workflow'], 'var-'),
};
const REPOSITORY = {
  page: linkTo('/failures', ['repository']),
  board: linkTo(BOARDS.overview, ['repository'], 'var-'),
};
const FAILED_JOBS = `ant-watcher jobs --status completed --conclusion failure --repository ${word('repository')}`;

function failuresBy(cause: string): string {
  return grown(select(DOMAIN.jobFailures, { cause }), '1h', sumWithout('workflow', 'job_name'));
}

/** Runs, jobs and deployments that fail. */
export const FAILURE_ALERTS: readonly AlertRule[] = [
  {
    name: 'GitHubActionsDefaultBranchFailing',
    severity: 'warning',
    expr: `${IN_A_ROW} >= ${THRESHOLDS.failuresInARow}\n  and ${RAN_LATELY}`,
    summary: `${label('workflow')} of ${label('repository')} has failed ${COUNT} times in a row on the default branch`,
    description: `Whoever branches off now starts broken. The failed jobs: ${FAILED_JOBS} --workflow ${word('workflow')}`,
    ...WORKFLOW,
    runbook: {
      means: `A workflow has failed ${THRESHOLDS.failuresInARow} times in a row on the default branch, and ran within ${spellSeconds(THRESHOLDS.abandonedSeconds)}.`,
      look: 'Failures on the page: since which run and commit, at which job and step.',
      fix: 'Revert that commit, or repair it. If it is not the code, `job_failures_total` says by its cause whether it was a runner or a time limit.',
      harmless: 'Nobody needs the workflow: disable it at GitHub. An alert that is always red is not read.',
    },
  },
  {
    name: 'GitHubActionsNoSuccess',
    severity: 'info',
    expr: [
      `time() - ${once(select(DOMAIN.lastSuccess))} > ${THRESHOLDS.noSuccessSeconds}`,
      `  and ${RAN_LATELY}`,
      `  and (${IN_A_ROW} > 0 < ${THRESHOLDS.failuresInARow})`,
    ].join('\n'),
    summary: `${label('workflow')} of ${label('repository')} last succeeded ${DURATION} ago on the default branch`,
    description: 'It runs seldom, so few failures are a long time.',
    ...WORKFLOW,
    runbook: {
      means: `A workflow that ran lately has not succeeded for ${spellSeconds(THRESHOLDS.noSuccessSeconds)}, with fewer failures than [GitHubActionsDefaultBranchFailing](#githubactionsdefaultbranchfailing) needs.`,
      look: 'Failures on the page, with the workflow.',
      fix: 'As there. Weekly workflows fail for weeks unnoticed: expired tokens, removed images.',
      harmless: 'It fails by design, such as a check for updates that finds one.',
    },
  },
  {
    name: 'GitHubActionsFailureRateHigh',
    severity: 'warning',
    expr: `${RECORDED.failureRatio} > ${THRESHOLDS.failureShare}\n  and ${RECORDED.runs} >= ${THRESHOLDS.failureMinRuns}`,
    for: '15m',
    summary: `${SHARE} of the runs of ${label('workflow')} in ${label('repository')} failed in six hours`,
    description: `On the default branch. The failed jobs: ${FAILED_JOBS} --workflow ${word('workflow')} --from=-6h`,
    ...WORKFLOW,
    runbook: {
      means: `Of ${THRESHOLDS.failureMinRuns} runs or more on the default branch in six hours, more than ${THRESHOLDS.failureShare * 100} % failed.`,
      look: 'Failures on the page, and Jobs & flaky: is it one job, and does it pass when it runs again?',
      fix: 'Repair the job or step that fails most. If it is flaky, take it out of the way first.',
      harmless: 'Somebody works on that workflow.',
    },
  },
  {
    name: 'GitHubActionsRunnersLost',
    severity: 'warning',
    expr: `${failuresBy('runner_lost')} >= ${THRESHOLDS.lostJobs}`,
    summary: `${COUNT} jobs of ${label('repository')} lost their runner within an hour`,
    description: `They failed although none of their steps did. The jobs: ${FAILED_JOBS} --from=-1h`,
    ...REPOSITORY,
    runbook: {
      means: `${THRESHOLDS.lostJobs} jobs or more failed on their runner without a failed step: it went away.`,
      look: 'The runners of these jobs in `ant-watcher explain --job ID`: one machine, or all? With `github.annotations`, Failures on the page says what GitHub wrote.',
      fix: 'Too little memory or disk, machines that are taken away (spot, scale-down) while a job runs, or the network to GitHub.',
      harmless: 'Somebody replaced machines. The jobs have to run again all the same.',
    },
  },
  {
    name: 'GitHubActionsJobsFailToStart',
    severity: 'warning',
    expr: `${failuresBy('startup')} >= ${THRESHOLDS.lostJobs}`,
    summary: `${COUNT} jobs of ${label('repository')} could not start within an hour`,
    description: `No runner ever took them. The jobs: ${FAILED_JOBS} --from=-1h`,
    ...REPOSITORY,
    runbook: {
      means: `${THRESHOLDS.lostJobs} jobs or more failed before a runner took them.`,
      look: 'One of the jobs at GitHub, which says why.',
      fix: 'A spending limit or a failed payment, a runner group that does not exist or is closed to the repository. GitHub itself: githubstatus.com.',
      harmless: 'Never for long: the work was not done.',
    },
  },
  {
    name: 'GitHubActionsDeploymentFailed',
    severity: 'warning',
    expr: `${grown(select(DOMAIN.deployments, { environment: { like: PRODUCTION }, state: ['failure', 'error'] }), '1h', sumWithout('state'))} > 0`,
    summary: `${COUNT} deployments of ${label('repository')} to ${label('environment')} failed within an hour`,
    description: 'What runs there may be the old version, or half of the new one.',
    page: linkTo('/deployments', ['repository']),
    board: linkTo(BOARDS.overview, ['repository'], 'var-'),
    runbook: {
      means: `A [deployment](meaning.md#deployments) to an environment that is named like production (\`${PRODUCTION}\`) ended as failure or error.`,
      look: 'Deployments on the page, which leads to the run.',
      fix: 'Deploy again, or go back to the last version. Then look at what runs there.',
      harmless: 'A later deployment succeeded already: the alert ends an hour after the last failure.',
    },
  },
  {
    name: 'GitHubActionsStaleJobs',
    severity: 'info',
    expr: `${sumWithout('status')(select(DOMAIN.staleJobs))} > 0`,
    for: '15m',
    summary: `${COUNT} jobs of ${label('repository')} can't end any more`,
    description: `GitHub never reported their end. The jobs: ant-watcher jobs --stale --repository ${word('repository')}`,
    page: linkTo('/', ['repository']),
    board: linkTo(BOARDS.queues),
    runbook: {
      means:
        'Jobs were queued for over 24 hours, or ran for over 35 days, or GitHub does not know them any more, and no end was reported. They are in no gauge of active work.',
      look: '`ant-watcher jobs --stale`.',
      fix: 'Webhooks were lost, and GitHub was not asked: set up [recovery](recover.md#work-that-never-ends). If it is set up, GitHub itself lost these jobs.',
      harmless: 'A few of them, once.',
    },
  },
];
