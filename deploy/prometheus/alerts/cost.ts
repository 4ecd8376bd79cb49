import { DOMAIN } from '../../../src/domain/catalogue.ts';
import { BOARDS, DURATION, label, linkTo, MONEY, SHARE } from '../annotations.ts';
import { grownSum, once, select, sumWithout } from '../promql.ts';
import { RECORDED } from '../recording-rules.ts';
import { type AlertRule, spellSeconds } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';

const WASTED = grownSum(select(DOMAIN.wastedDollars), '7d', sumWithout('workflow', 'reason'));
const SPENT = grownSum(select(DOMAIN.cost), '7d', sumWithout('workflow', 'sku'));
const COST = { page: '/cost', board: BOARDS.overview };

/** Money. None of it is urgent. */
export const COST_ALERTS: readonly AlertRule[] = [
  {
    name: 'GitHubActionsCostAboveUsual',
    severity: 'info',
    expr: [
      `${RECORDED.cost} > ${THRESHOLDS.costTimesUsual} * avg_over_time(${RECORDED.cost}[7d] offset 1d)`,
      `  and ${RECORDED.cost} > ${THRESHOLDS.costUnusualDollars}`,
      `  and last_over_time(${RECORDED.cost}[1h] offset 7d)`,
    ].join('\n'),
    for: '1h',
    summary: `The jobs of the last 24 hours cost ${MONEY} dollars, over ${THRESHOLDS.costTimesUsual} times the usual`,
    description:
      'At list price, compared with the average day of the week before. Cost on the page says what has grown.',
    ...COST,
    runbook: {
      means: `A day costs more than ${THRESHOLDS.costTimesUsual} times the average day of the week before, and over ${THRESHOLDS.costUnusualDollars} dollars. It needs a week of history.`,
      look: 'Cost on the page, by workflow and kind of runner, with the window of a week.',
      fix: 'A new workflow on a large runner, a matrix that has grown, a schedule that runs too often, a job that hangs until its time limit.',
      harmless: 'The week before was a holiday, or a release is under way.',
    },
  },
  {
    name: 'GitHubActionsWasted',
    severity: 'info',
    expr: `${WASTED}\n  / ${SPENT} > ${THRESHOLDS.wastedShare}\n  and ${WASTED} > ${THRESHOLDS.wastedDollars}`,
    for: '1h',
    summary: `${SHARE} of what ${label('repository')} spent in a week was wasted`,
    description: 'On jobs that failed and ran again, or were cancelled.',
    page: linkTo('/cost', ['repository']),
    board: linkTo(BOARDS.overview, ['repository'], 'var-'),
    runbook: {
      means: `More than ${THRESHOLDS.wastedShare * 100} % of the cost of a week, and over ${THRESHOLDS.wastedDollars} dollars, went into jobs that failed and ran again, or were cancelled.`,
      look: 'Cost on the page: wasted, by workflow and reason.',
      fix: 'Flaky jobs: repair them. Cancelled ones: run what fails often first, and start the expensive jobs after it.',
      harmless: '`cancel-in-progress` saves more than it wastes.',
    },
  },
  {
    name: 'AntWatcherBillingReportOld',
    severity: 'info',
    expr: `time() - ${once(select(DOMAIN.billingReport))} > ${THRESHOLDS.billingReportSeconds}`,
    summary: `What GitHub billed ${label('owner')} was last read ${DURATION} ago`,
    description: 'After three days its numbers end.',
    ...COST,
    runbook: {
      means: `The report of GitHub's billing is read every six hours, and has not been for ${spellSeconds(THRESHOLDS.billingReportSeconds)}.`,
      look: '`checks.github` of `/health`, and `ant-watcher doctor`, which tries each owner.',
      fix: 'Give the login what [What GitHub billed](billing.md) says that it needs.',
      harmless: 'You left `github.billing` out since: after three days the number ends.',
    },
  },
];
