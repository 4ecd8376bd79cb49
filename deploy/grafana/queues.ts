import { DOMAIN } from '../../src/domain/catalogue.ts';
import { DEFINITIONS } from '../../src/domain/definitions.ts';
import { THRESHOLDS } from '../prometheus/thresholds.ts';
import { type Board, type Section, toPage } from './board.ts';
import { coloured, dashed, PERCENTILES, redFrom, STATUSES } from './colours.ts';
import { queueByLabels } from './common-panels.ts';
import { barGauge, bars, heatmap, lines, type Query, stat, table } from './panels.ts';
import type { Percentiles } from './percentiles.ts';
import { age, counted, growth, orNone, percentile, present, top } from './promql.ts';
import { runnersSection } from './runners.ts';

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 };
const INSIDE = 'Interpolated inside a bucket of the histogram.';
const NO_GATE = 'No job was behind an approval';

/** How long does each kind of runner keep us waiting, and are there enough runners? */
export function queues(percentiles: Percentiles): Board {
  return {
    uid: `ant-watcher-queues${percentiles.suffix}`,
    title: `GitHub Actions: queues and runners${percentiles.suffix === '' ? '' : ' (event samples)'}`,
    description: 'How long does each kind of runner keep us waiting, and are there enough runners?',
    tags: [`ant-watcher${percentiles.suffix}`],
    view: '/queues',
    hasFilters: true,
    sections: [nowSection(), queueSection(percentiles), runnersSection(), troubleSection()],
  };
}

function nowSection(): Section {
  const oldest = {
    title: 'Oldest wait',
    about: DEFINITIONS.oldest_wait.text,
    unit: 's',
    empty: 'Nobody waits',
    thresholds: redFrom(THRESHOLDS.queuedSeconds),
  };
  const words = (title: string, about: string) => ({ title, about, unit: 'short' });
  return {
    title: 'Now',
    lines: [
      {
        height: 4,
        panels: [
          stat(oldest, age(DOMAIN.oldestActiveJob, 'min', [], { status: 'queued' })),
          stat(words('Queued', DEFINITIONS.queued.text), active('queued')),
          stat(words('Running', DEFINITIONS.in_progress.text), active('in_progress')),
          stat(words('Held back', DEFINITIONS.waiting.text), active('waiting', 'pending')),
        ],
      },
      { height: 8, panels: [waitingByLabels(), oldestByLabels(), activeOverTime()] },
    ],
  };
}

function active(...status: string[]): string {
  return orNone(present(DOMAIN.activeJobs, [], { status }));
}

function waitingByLabels() {
  const words = {
    title: 'Queued by runner labels',
    about: DEFINITIONS.queued.text,
    unit: 'short',
    empty: 'Nobody waits',
    links: [toPage('/', 'runs_on')],
  };
  const expr = top(15, present(DOMAIN.activeJobs, ['runs_on'], { status: 'queued' }));
  return barGauge(words, { expr, legend: '{{runs_on}}' });
}

function oldestByLabels() {
  const words = {
    title: 'Oldest wait by runner labels',
    about: DEFINITIONS.oldest_wait.text,
    unit: 's',
    empty: 'Nobody waits',
    thresholds: redFrom(THRESHOLDS.queuedSeconds),
    links: [toPage('/', 'runs_on')],
  };
  const expr = top(15, age(DOMAIN.oldestActiveJob, 'min', ['runs_on'], { status: 'queued' }));
  return barGauge(words, { expr, legend: '{{runs_on}}' });
}

function activeOverTime() {
  const words = {
    title: 'Active jobs',
    about: DOMAIN.activeJobs.help,
    unit: 'short',
    overrides: coloured(STATUSES),
  };
  const query: Query = { expr: present(DOMAIN.activeJobs, ['status']), legend: '{{status}}' };
  return lines(words, [query], { interval: '1m', stacked: true });
}

function queueSection(percentiles: Percentiles): Section {
  const inRange = (share: number, title: string) =>
    stat(
      { title, about: `${DEFINITIONS.queue_time.text} ${percentiles.accuracy}`, unit: 's' },
      percentiles.of(share, 'jobQueue', { window: 'range' }),
    );
  return {
    title: 'How long jobs wait for a runner',
    lines: [
      {
        height: 4,
        panels: [
          inRange(0.5, 'Queue time, p50'),
          inRange(0.95, 'Queue time, p95'),
          inRange(0.99, 'Queue time, p99'),
          startedJobs(),
        ],
      },
      { height: 9, panels: [allPercentiles(percentiles), queueHeat(percentiles)] },
      { height: 9, panels: [queueByLabels(percentiles), tableByLabels(percentiles)] },
      { height: 8, panels: [runQueue(), approvals()] },
    ],
  };
}

function startedJobs() {
  const words = { title: 'Jobs that started', about: DEFINITIONS.count.text, unit: 'short' };
  return stat(words, orNone(counted(DOMAIN.jobQueue, [], {}, '_count')));
}

function allPercentiles(percentiles: Percentiles) {
  const words = {
    title: 'Queue time, all runner labels',
    about: `${DEFINITIONS.queue_time.text} ${percentiles.accuracy} Dashed: p95 a week before.`,
    unit: 's',
    overrides: [...coloured(PERCENTILES), ...dashed('p95 a week before')],
  };
  const queries = Object.entries(SHARES).map(([legend, share]) => ({
    expr: percentiles.of(share, 'jobQueue', { window: 'step' }),
    legend,
  }));
  const before = {
    expr: percentiles.of(0.95, 'jobQueue', { window: 'step', ago: '1w' }),
    legend: 'p95 a week before',
  };
  return lines(words, [...queries, before], { exemplars: true });
}

function queueHeat(percentiles: Percentiles) {
  const words = {
    title: 'Queue time, how often',
    about: `${DEFINITIONS.queue_time.text} The darker, the more jobs.`,
    unit: 's',
  };
  return heatmap(words, percentiles.queueBuckets());
}

function tableByLabels(percentiles: Percentiles) {
  const by = ['runs_on'];
  const of = (share: number) => percentiles.of(share, 'jobQueue', { window: 'range', by });
  return table(
    { title: 'Runner labels', about: `${DEFINITIONS.queue_time.text} ${percentiles.accuracy}` },
    by,
    [
      { name: 'p95', expr: of(0.95), unit: 's' },
      { name: 'p50', expr: of(0.5), unit: 's' },
      { name: 'p99', expr: of(0.99), unit: 's' },
      { name: 'Jobs', expr: `${counted(DOMAIN.jobQueue, by, {}, '_count')} > 0`, unit: 'short' },
    ],
  );
}

function runQueue() {
  const words = {
    title: 'Until the first job started',
    about: `${DEFINITIONS.run_queue.text} Counted ten minutes after the end of the run. ${INSIDE}`,
    unit: 's',
    overrides: coloured(PERCENTILES),
  };
  const queries = Object.entries(SHARES).map(([legend, share]) => ({
    expr: percentile(share, DOMAIN.runQueue, [], { window: 'step' }),
    legend,
  }));
  return lines(words, queries);
}

function approvals() {
  const words = {
    title: 'Approval, p95',
    about: `${DEFINITIONS.approval_time.text} ${INSIDE}`,
    unit: 's',
    empty: NO_GATE,
  };
  const expr = top(10, percentile(0.95, DOMAIN.jobApproval, ['repository'], { window: 'range' }));
  return barGauge(words, { expr, legend: '{{repository}}' });
}

function troubleSection(): Section {
  const lost = {
    title: 'Jobs whose runner was lost, or that could not start',
    about: DEFINITIONS.cause.text,
    unit: 'short',
  };
  const staleJobs = {
    title: 'Stale jobs',
    about: DEFINITIONS.stale.text,
    unit: 'short',
    thresholds: redFrom(1),
  };
  const staleRuns = { ...staleJobs, title: 'Stale runs' };
  const causes = { cause: ['runner_lost', 'startup'] };
  return {
    title: 'Trouble',
    lines: [
      {
        height: 6,
        panels: [
          bars(lost, [{ expr: growth(DOMAIN.jobFailures, ['cause'], causes), legend: '{{cause}}' }]),
          stat(staleJobs, orNone(present(DOMAIN.staleJobs))),
          stat(staleRuns, orNone(present(DOMAIN.staleRuns))),
        ],
      },
    ],
  };
}
