import { DOMAIN } from '../../src/domain/catalogue.ts';
import { DEFINITIONS } from '../../src/domain/definitions.ts';
import type { Metric } from '../../src/domain/metric.ts';
import { THRESHOLDS } from '../prometheus/thresholds.ts';
import { type Board, rowToPage, type Section, toPage } from './board.ts';
import { coloured, dashed, PERCENTILES, redFrom } from './colours.ts';
import { runsOverTime } from './common-panels.ts';
import { barGauge, bars, lines, stat, table } from './panels.ts';
import type { Percentiles } from './percentiles.ts';
import { age, aggregate, counted, growth, orNone, percentile, select, share, top } from './promql.ts';

const PASSED = { conclusion: 'success' };
const JOB = ['repository', 'workflow', 'job_name'];
const DECIDED = ['success', 'failure', 'timed_out', 'startup_failure'];

/** One workflow, or those of a team: is it green, is it getting slower, which of its jobs fail, what does it cost? */
export function workflow(percentiles: Percentiles): Board {
  return {
    uid: `ant-watcher-workflow${percentiles.suffix}`,
    title: `GitHub Actions: workflow${percentiles.suffix === '' ? '' : ' (event samples)'}`,
    description:
      'Choose a repository and a workflow: is it green, is it getting slower, which of its jobs fail, what does it cost?',
    tags: [`ant-watcher${percentiles.suffix}`],
    view: '/workflows',
    hasFilters: true,
    sections: [
      stateSection(percentiles),
      { title: 'Jobs', lines: [{ height: 10, panels: [jobs(percentiles)] }] },
      failureSection(),
      { title: 'Wait and cost', lines: [waitLine(percentiles)] },
    ],
  };
}

function stateSection(percentiles: Percentiles): Section {
  const duration = (share: number, title: string) =>
    stat(
      { title, about: `${DEFINITIONS.duration.text} ${percentiles.accuracy}`, unit: 's' },
      percentiles.of(share, 'runDuration', { window: 'range', matchers: PASSED }),
    );
  return {
    title: 'Is it green, and is it getting slower?',
    lines: [
      {
        height: 4,
        panels: [
          failuresInARow(),
          sinceSuccess(),
          passRate(),
          duration(0.5, 'Duration, p50'),
          duration(0.95, 'Duration, p95'),
          runs(),
        ],
      },
      { height: 9, panels: [runsOverTime(), durationOverTime(percentiles)] },
    ],
  };
}

function failuresInARow() {
  const words = {
    title: 'Failures in a row',
    about: `${DEFINITIONS.consecutive_failures.text} The most of all workflows that are chosen.`,
    unit: 'short',
    thresholds: redFrom(THRESHOLDS.failuresInARow),
  };
  return stat(words, aggregate('max', [], select(DOMAIN.consecutiveFailures)));
}

function sinceSuccess() {
  const about = `${DOMAIN.lastSuccess.help} Shown: how long ago, of the workflow where it is longest ago.`;
  const words = {
    title: 'Since the latest success',
    about,
    unit: 's',
    thresholds: redFrom(THRESHOLDS.noSuccessSeconds),
    empty: 'Never succeeded',
  };
  return stat(words, age(DOMAIN.lastSuccess, 'min'));
}

function passRate() {
  const words = {
    title: 'Pass rate',
    about: DEFINITIONS.pass_rate.text,
    unit: 'percentunit',
    decimals: 1,
  };
  return stat(
    words,
    share(counted(DOMAIN.runs, [], PASSED), counted(DOMAIN.runs, [], { conclusion: DECIDED })),
  );
}

function runs() {
  return stat({ title: 'Runs', about: DEFINITIONS.runs.text, unit: 'short' }, orNone(counted(DOMAIN.runs)));
}

function durationOverTime(percentiles: Percentiles) {
  const words = {
    title: 'Duration of runs that succeeded',
    about: `${DEFINITIONS.duration.text} ${percentiles.accuracy} Dashed: p95 a week before.`,
    unit: 's',
    overrides: [...coloured(PERCENTILES), ...dashed('p95 a week before')],
  };
  const of = (share: number, ago?: string) =>
    percentiles.of(share, 'runDuration', {
      window: 'step',
      matchers: PASSED,
      ...(ago !== undefined && { ago }),
    });
  return lines(
    words,
    [
      { expr: of(0.5), legend: 'p50' },
      { expr: of(0.95), legend: 'p95' },
      { expr: of(0.95, '1w'), legend: 'p95 a week before' },
    ],
    { interval: '30m', exemplars: true },
  );
}

function jobs(percentiles: Percentiles) {
  const part = (conclusion: string | readonly string[]) => counted(DOMAIN.jobs, JOB, { conclusion });
  const seconds = counted(DOMAIN.jobDuration, JOB, {}, '_sum');
  return table(
    {
      title: 'Jobs',
      about: `${DEFINITIONS.jobs.text} Failed: the part of those that succeeded or failed. ${DEFINITIONS.total_time.text} ${percentiles.accuracy}`,
      links: [rowToPage('/jobs', ...JOB)],
    },
    JOB,
    [
      { name: 'Total time', expr: `${seconds} > 0`, unit: 's' },
      { name: 'Jobs', expr: `${counted(DOMAIN.jobs, JOB)} > 0`, unit: 'short' },
      {
        name: 'Failed',
        expr: share(part(['failure', 'timed_out']), part(['success', 'failure', 'timed_out'])),
        unit: 'percentunit',
        decimals: 1,
      },
      {
        name: 'Duration, p95',
        expr: percentiles.of(0.95, 'jobDuration', { window: 'range', by: JOB, matchers: PASSED }),
        unit: 's',
      },
    ],
  );
}

function failureSection(): Section {
  const cause = { title: 'Failed jobs by cause', about: DEFINITIONS.cause.text, unit: 'short' };
  const reruns = {
    title: 'Re-runs by kind',
    about: `${DEFINITIONS.reruns.text} ${DEFINITIONS.rerun_kind.text}`,
    unit: 'short',
  };
  return {
    title: 'What fails, and why',
    lines: [
      {
        height: 8,
        panels: [
          bars(cause, [{ expr: growth(DOMAIN.jobFailures, ['cause']), legend: '{{cause}}' }]),
          greatest('Reasons of failures', DEFINITIONS.reason.text, DOMAIN.jobFailureReasons, ['reason'], {
            empty: 'Nothing failed, or github.annotations is off',
          }),
          greatest('Failed steps', DOMAIN.jobFailedSteps.help, DOMAIN.jobFailedSteps, ['job_name', 'step'], {
            empty: 'No step failed, or metrics.failed_steps is off',
          }),
        ],
      },
      {
        height: 8,
        panels: [
          bars(reruns, [{ expr: growth(DOMAIN.reruns, ['kind']), legend: '{{kind}}' }]),
          greatest('Flaky jobs', DEFINITIONS.flaky.text, DOMAIN.flakyJobs, ['workflow', 'job_name'], {
            empty: 'No flaky job in this time',
          }),
          slowSteps(),
        ],
      },
    ],
  };
}

function greatest(
  title: string,
  about: string,
  metric: Metric,
  by: readonly string[],
  { empty }: { empty: string },
) {
  const legend = by.map((label) => `{{${label}}}`).join(' › ');
  const words = { title, about: about.replaceAll('`', ''), unit: 'short', empty };
  return barGauge(words, { expr: `${top(10, counted(metric, by))} > 0`, legend });
}

function slowSteps() {
  const words = {
    title: 'Slowest steps, p95',
    about: `${DEFINITIONS.step_duration.text} Interpolated inside a bucket of the histogram.`,
    unit: 's',
    empty: 'Off: metrics.step_durations',
  };
  const p95 = percentile(0.95, DOMAIN.stepDuration, ['job_name', 'step'], {
    window: 'range',
    matchers: PASSED,
  });
  return barGauge(words, { expr: top(10, p95), legend: '{{job_name}} › {{step}}' });
}

function waitLine(percentiles: Percentiles) {
  const queue = {
    title: 'Queue time, p95 by runner labels',
    about: `${DEFINITIONS.queue_time.text} ${percentiles.accuracy}`,
    unit: 's',
    links: [toPage('/queues', 'runs_on')],
  };
  const time = { title: 'Billed time by kind of runner', about: DEFINITIONS.billed_time.text, unit: 's' };
  const cost = { title: 'Cost by kind of runner', about: DEFINITIONS.cost.text, unit: 'currencyUSD' };
  const wait = percentiles.of(0.95, 'jobQueue', { window: 'step', by: ['runs_on'] });
  const stack = { interval: '1h', stacked: true };
  return {
    height: 8,
    panels: [
      lines(queue, [{ expr: wait, legend: '{{runs_on}}' }], { exemplars: true }),
      lines(time, [{ expr: growth(DOMAIN.billedSeconds, ['sku']), legend: '{{sku}}' }], stack),
      lines(cost, [{ expr: growth(DOMAIN.cost, ['sku']), legend: '{{sku}}' }], stack),
    ],
  };
}
