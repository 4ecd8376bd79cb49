import { DOMAIN } from '../../src/domain/catalogue.ts';
import { DEFINITIONS } from '../../src/domain/definitions.ts';
import { THRESHOLDS } from '../prometheus/thresholds.ts';
import { type Board, rowToPage, type Section, toPage } from './board.ts';
import { dashed, redBelow, redFrom } from './colours.ts';
import { queueByLabels, runsOverTime } from './common-panels.ts';
import { moneySection } from './money.ts';
import { bars, lines, stat, table } from './panels.ts';
import type { Percentiles } from './percentiles.ts';
import {
  age,
  aggregate,
  counted,
  growth,
  orNone,
  present,
  select,
  share,
  top,
  weekBefore,
} from './promql.ts';
import { repetitionSection } from './repetition.ts';
import { trustSection } from './trust.ts';

const DECIDED = ['success', 'failure', 'timed_out', 'startup_failure'];
const ON_DEFAULT = { branch: 'default' };
const WORKFLOW = ['repository', 'workflow'];
const NOBODY_WAITS = 'Nobody waits';

/** Is CI healthy, where does it wait, and can these numbers be trusted? */
export function overview(percentiles: Percentiles): Board {
  return {
    uid: `ant-watcher-overview${percentiles.suffix}`,
    title: `GitHub Actions: overview${percentiles.suffix === '' ? '' : ' (event samples)'}`,
    description: 'Is CI healthy, where does it wait, what does it cost, and can these numbers be trusted?',
    tags: [`ant-watcher${percentiles.suffix}`],
    view: '/',
    hasFilters: true,
    sections: [
      { title: 'Is CI healthy, and where does it wait?', lines: healthLines(percentiles) },
      { title: 'What needs a look', lines: troubleLines(percentiles) },
      repetitionSection(),
      moneySection(),
      trustSection(),
    ],
  };
}

function healthLines(percentiles: Percentiles): Section['lines'] {
  return [
    { height: 4, panels: [failingBranches(), passRate(), queueTime(percentiles), oldestWait()] },
    { height: 4, panels: [queued(), running(), waiting(), runsEnded(), jobsFailed(), deploymentsFailed()] },
    { height: 8, panels: [runsOverTime(), queueByLabels(percentiles)] },
  ];
}

function failingBranches() {
  const words = {
    title: 'Workflows that fail on their default branch',
    about: `How many workflows failed in their latest run on the default branch. ${DEFINITIONS.consecutive_failures.text}`,
    unit: 'short',
    thresholds: redFrom(1),
  };
  return stat(words, orNone(aggregate('count', [], `${select(DOMAIN.consecutiveFailures)} > 0`)));
}

function passRate() {
  const words = {
    title: 'Pass rate on default branches',
    about: DEFINITIONS.pass_rate.text,
    unit: 'percentunit',
    decimals: 1,
    thresholds: redBelow(1 - THRESHOLDS.failureShare),
  };
  return stat(words, passRateIn(counted));
}

function passRateIn(count: typeof counted): string {
  return share(
    count(DOMAIN.runs, [], { ...ON_DEFAULT, conclusion: 'success' }),
    count(DOMAIN.runs, [], { ...ON_DEFAULT, conclusion: DECIDED }),
  );
}

function queueTime(percentiles: Percentiles) {
  const words = {
    title: 'Queue time, p95',
    about: `${DEFINITIONS.queue_time.text} ${percentiles.accuracy}`,
    unit: 's',
    thresholds: redFrom(THRESHOLDS.queueP95Seconds),
  };
  return stat(words, percentiles.of(0.95, 'jobQueue', { window: 'range' }));
}

function oldestWait() {
  const words = {
    title: 'Oldest wait',
    about: DEFINITIONS.oldest_wait.text,
    unit: 's',
    empty: NOBODY_WAITS,
    thresholds: redFrom(THRESHOLDS.queuedSeconds),
    links: [toPage('/')],
  };
  return stat(words, age(DOMAIN.oldestActiveJob, 'min', [], { status: 'queued' }));
}

function queued() {
  const words = { title: 'Queued', about: DEFINITIONS.queued.text, unit: 'short' };
  return stat(words, orNone(present(DOMAIN.activeJobs, [], { status: 'queued' })));
}

function running() {
  const words = { title: 'Running', about: DEFINITIONS.in_progress.text, unit: 'short' };
  return stat(words, orNone(present(DOMAIN.activeJobs, [], { status: 'in_progress' })));
}

function waiting() {
  const words = { title: 'Held back', about: DEFINITIONS.waiting.text, unit: 'short' };
  return stat(words, orNone(present(DOMAIN.activeJobs, [], { status: ['waiting', 'pending'] })));
}

function runsEnded() {
  const words = { title: 'Runs', about: DEFINITIONS.runs.text, unit: 'short' };
  return stat(words, orNone(counted(DOMAIN.runs)));
}

function jobsFailed() {
  const words = { title: 'Failed jobs', about: DEFINITIONS.failed_jobs.text, unit: 'short' };
  return stat(words, orNone(counted(DOMAIN.jobFailures)));
}

function deploymentsFailed() {
  const words = { title: 'Failed deployments', about: DEFINITIONS.deployments.text, unit: 'short' };
  return stat(words, orNone(counted(DOMAIN.deployments, [], { state: ['failure', 'error'] })));
}

function troubleLines(percentiles: Percentiles): Section['lines'] {
  return [
    { height: 9, panels: [failingTable(), slowest(percentiles)] },
    { height: 8, panels: [passRateOverTime(), failuresByCause()] },
  ];
}

function failingTable() {
  const failing = `${aggregate('max', WORKFLOW, select(DOMAIN.consecutiveFailures))} > 0`;
  const sinceSuccess = age(DOMAIN.lastSuccess, 'max', WORKFLOW);
  return table(
    {
      title: 'Default branches that fail now',
      about: `${DEFINITIONS.consecutive_failures.text} No time since a success: none is known.`,
      empty: 'No workflow fails on its default branch',
      links: [rowToPage('/runs', ...WORKFLOW)],
    },
    WORKFLOW,
    [
      { name: 'Failures in a row', expr: failing, unit: 'short' },
      {
        name: 'Since the latest success',
        expr: `${sinceSuccess} and on (${WORKFLOW.join(', ')}) (${failing})`,
        unit: 's',
      },
    ],
  );
}

function slowest(percentiles: Percentiles) {
  const matchers = { conclusion: 'success' };
  const p95 = percentiles.of(0.95, 'runDuration', { window: 'range', by: WORKFLOW, matchers });
  return table(
    {
      title: 'Slowest workflows',
      about: `${DEFINITIONS.duration.text} ${percentiles.accuracy}`,
      links: [rowToPage('/runs', ...WORKFLOW)],
    },
    WORKFLOW,
    [{ name: 'Duration, p95', expr: top(10, p95), unit: 's' }],
  );
}

function passRateOverTime() {
  const words = {
    title: 'Pass rate on default branches, over time',
    about: `${DEFINITIONS.pass_rate.text} Dashed: a week before.`,
    unit: 'percentunit',
    overrides: dashed('a week before'),
  };
  const now = passRateIn(growth);
  return lines(
    words,
    [
      { expr: now, legend: 'now' },
      { expr: weekBefore(now), legend: 'a week before' },
    ],
    { interval: '1h' },
  );
}

function failuresByCause() {
  const words = { title: 'Failed jobs by cause', about: DEFINITIONS.cause.text, unit: 'short' };
  return bars(words, [{ expr: growth(DOMAIN.jobFailures, ['cause']), legend: '{{cause}}' }]);
}
