import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done, job, play, running, STEP, T0 } from '../../test/fixtures/job.ts';
import { SILENT } from '../../test/fixtures/logger.ts';
import { parseBranchPattern } from '../domain/branch-pattern.ts';
import { METRICS } from '../domain/catalogue.ts';
import { parseLabelPatterns } from '../domain/label-patterns.ts';
import { labelText } from '../domain/label-text.ts';
import type { Fact } from '../domain/lifecycle/fact.ts';
import { boundsOf, COUNT_CELL, SUM_CELL } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { Registry } from '../metrics/registry.ts';
import { createCompatMeasure } from './count.ts';
import { COMPAT_NAMES, type CompatName } from './names.ts';
import { readGauges } from './read-gauges.ts';
import { COMPAT_SETS } from './sets.ts';
import type { WordOptions } from './words.ts';

const PLAIN: WordOptions = { labelPatterns: new Map(), branches: [], fullJobNames: false };

/** What a set counts of these facts, without buckets: `name{labels} cell`, with milliseconds as the values of times. */
function linesOf(name: CompatName, facts: readonly Fact[], over: Partial<WordOptions> = {}): string[] {
  const { counted } = COMPAT_SETS[name];
  const increments = facts.flatMap(createCompatMeasure(counted, { ...PLAIN, ...over }));
  return increments
    .filter(({ cell }) => cell === COUNT_CELL || cell === SUM_CELL)
    .map(({ metric, labels, delta }) => {
      const names = counted.find((each) => each.name === metric)?.labels ?? [];
      return `${metric}{${labelText(names, labels)}} ${delta}`;
    });
}

/** Its labels of one metric. */
function labelsIn(name: CompatName, metric: string, facts: readonly Fact[], over?: Partial<WordOptions>) {
  return linesOf(name, facts, over)
    .filter((line) => line.startsWith(`${metric}{`))
    .map((line) => line.slice(metric.length + 1, line.lastIndexOf('}')));
}

const completed = (over: Parameters<typeof done>[0] = {}, durationMs: number | null = 60_000): Fact => ({
  kind: 'job_completed',
  job: done(over),
  durationMs,
});

test('no name is that of two sets, or one of ours', () => {
  const names = COMPAT_NAMES.flatMap((set) => {
    const { counted, gauges } = COMPAT_SETS[set];
    return [...counted, ...gauges].map(({ name }) => name);
  });
  assert.deepEqual([...new Set(names)], names);
  assert.deepEqual(
    names.filter((name) => METRICS.some((each) => each.name === name)),
    [],
  );
});

test('bounds are those of the exporters, written as Go writes them', () => {
  const boundsIn = (set: CompatName, name: string) => {
    const metric = COMPAT_SETS[set].counted.find((each) => each.name === name);
    return metric === undefined ? [] : boundsOf(metric);
  };
  const arc = boundsIn('arc', 'github_workflow_job_queue_duration_seconds');
  assert.deepEqual([arc.length, arc[0], arc.at(-1)], [45, 0.01, 3600]);
  const cpanato = boundsIn('cpanato', 'workflow_job_duration_seconds').map(String);
  assert.deepEqual(
    [cpanato.length, cpanato[7], cpanato[29]],
    [30, '10.541350399999995', '17286.73739677468'],
  );
});

test('a duration is in the bucket whose bound it does not exceed, also where the bound is no whole millisecond', () => {
  const bucketOf = (ms: number) =>
    createCompatMeasure(
      COMPAT_SETS.cpanato.counted,
      PLAIN,
    )(completed({}, ms))
      .filter(({ metric }) => metric === 'workflow_job_duration_seconds')
      .map(({ cell }) => cell)[0];
  assert.deepEqual([bucketOf(10_541), bucketOf(10_542)], [10_541, 14_757]);
});

// ARC #4611: −6.4e10 s for cancelled jobs. ARC #3522, #2743: endless or negative. cpanato: 0 s.
test('a job that never started has a conclusion and no duration, in every set', () => {
  const cancelled = completed(
    { conclusion: 'cancelled', steps: [], runnerId: null, runnerGroup: null },
    null,
  );
  const metrics = COMPAT_NAMES.flatMap((set) => linesOf(set, [cancelled])).map((line) => line.split('{')[0]);
  assert.deepEqual(metrics, [
    'github_workflow_jobs_completed_total',
    'github_workflow_job_conclusions_total',
    'workflow_job_status_count',
    'github_workflow_job_completed_total',
    'github_runners_job_conclusions_total',
  ]);
});

// promhippie #190: two records with the same labels made its whole scrape fail.
test('jobs with the same labels are one series', () => {
  const registry = new Registry(COMPAT_SETS.promhippie.counted, {
    ...{ logger: SILENT, steady: () => 0, labelPolicy: new Map(), maxSeries: 10 },
  });
  const measure = createCompatMeasure(COMPAT_SETS.promhippie.counted, PLAIN);
  registry.apply([completed({ jobId: 1 }), completed({ jobId: 2, runId: 11 })].flatMap(measure));
  const [metric] = COMPAT_SETS.promhippie.counted;
  assert.deepEqual(metric && registry.seriesOf(metric).map(({ labels, cells }) => [labels, cells[0]]), [
    ['owner="o",repo="r",workflow_name="CI",name="build",conclusion="success"', 2],
  ]);
});

// ARC #2873: 96 series more for each branch that runs a job.
test('10,000 branches end at the limit of series, and nothing that they count is lost', () => {
  const { counted } = COMPAT_SETS.arc;
  const metrics = [...counted, SELF.seriesDropped];
  const maxSeries = 500;
  const registry = new Registry(metrics, {
    ...{ logger: SILENT, steady: () => 0, labelPolicy: new Map(), maxSeries },
  });
  const measure = createCompatMeasure(counted, { ...PLAIN, branches: [parseBranchPattern('**')] });
  for (let number = 0; number < 10_000; number += 1) {
    const increments = measure(completed({ headBranch: `topic/${number}` }));
    registry.apply(registry.admit({ increments, samples: [], groups: [] }, 0).increments);
  }
  for (const metric of counted.filter(({ from }) => from[0]?.fact === 'job_completed')) {
    const series = registry.seriesOf(metric);
    if (metric.name === 'github_workflow_job_failures_total') continue;
    assert.equal(series.length, maxSeries + 1, metric.name);
    const counts = series.map(({ cells }) =>
      cells.slice(0, Math.max(1, cells.length - 1)).reduce((sum, each) => sum + each, 0),
    );
    assert.equal(
      counts.reduce((sum, each) => sum + each, 0),
      10_000,
      metric.name,
    );
  }
});

test('a branch is its class, or its name if that is asked for, and else other', () => {
  const branch = (over: object, options: Partial<WordOptions> = {}) => {
    const [labels = ''] = labelsIn('arc', 'github_workflow_jobs_completed_total', [completed(over)], options);
    return /head_branch="([^"]*)"/.exec(labels)?.[1];
  };
  assert.equal(branch({ branch: 'default', headBranch: 'main' }), 'default');
  assert.equal(branch({ branch: null, headBranch: 'main' }), 'other');
  const branches = [parseBranchPattern('main'), parseBranchPattern('release/*')];
  assert.equal(branch({ branch: 'default', headBranch: 'main' }, { branches }), 'main');
  assert.equal(branch({ branch: 'other', headBranch: 'release/1' }, { branches }), 'release/1');
  assert.equal(branch({ branch: 'other', headBranch: 'release/1/x' }, { branches }), 'other');
  assert.equal(branch({ branch: 'default', headBranch: null }, { branches }), 'other');
});

test('names of jobs are folded unless the matrix is asked for; ids never stay', () => {
  const name = (of: string, options: Partial<WordOptions> = {}) => {
    const facts = [completed({ name: of, runId: 30_433_642 })];
    const [labels = ''] = labelsIn('promhippie', 'github_workflow_job_completed_total', facts, options);
    return /name="([^"]*)",conclusion/.exec(labels)?.[1];
  };
  assert.equal(name('test (18, linux)'), 'test');
  assert.equal(name('test (18, linux)', { fullJobNames: true }), 'test (18, linux)');
  assert.equal(name('deploy 30433642', { fullJobNames: true }), 'deploy *');
});

test('the patterns of labels apply by our names of them', () => {
  const parsed = parseLabelPatterns('runs_on=vm-*; job_name=Preview *; runner_group=pool-*; workflow=PR *');
  const labelPatterns = 'patterns' in parsed ? parsed.patterns : assert.fail();
  const facts = [
    completed({ name: 'Preview 7', runsOn: ['vm-k3x9f'], runnerGroup: 'pool-7', workflow: 'PR 7' }),
  ];
  const [labels] = labelsIn('cpanato', 'workflow_job_status_count', facts, { labelPatterns });
  assert.equal(
    labels,
    'org="o",repo="r",branch="other",workflow_name="PR *",job_name="Preview *",runner_group="pool-*",status="completed",conclusion="success"',
  );
  const [ofArc] = labelsIn('arc', 'github_workflow_jobs_completed_total', facts, { labelPatterns });
  assert.match(ofArc ?? '', /^runs_on="vm-\*"/);
});

test('a failure of ARC has the place of the first failed step, from 0', () => {
  const failed = (conclusions: readonly (string | null)[], conclusion = 'failure') => {
    const steps = conclusions.map((each, at) => ({ ...STEP, number: at + 1, conclusion: each }));
    return labelsIn('arc', 'github_workflow_job_failures_total', [completed({ conclusion, steps })]).map(
      (labels) => /failed_step="(\w+)",exit_code="(\w+)"/.exec(labels)?.slice(1),
    );
  };
  assert.deepEqual(failed(['success', null, 'failure', 'failure']), [['2', 'na']]);
  assert.deepEqual(failed(['success', 'timed_out', 'failure']), [['1', 'timed_out']]);
  assert.deepEqual(failed(['success']), [['null', 'na']]);
  assert.deepEqual(failed(['failure'], 'timed_out'), []);
});

test('a job has its runner group from when a runner has it', () => {
  const { facts } = play([job(), running({ runnerGroup: 'Default' })]);
  const queued: Fact = { kind: 'job_queued', job: job(), times: 2 };
  assert.deepEqual(linesOf('cpanato', [queued, ...facts]), [
    'workflow_job_status_count{org="o",repo="r",branch="other",workflow_name="CI",job_name="build",status="queued"} 2',
    'workflow_job_duration_seconds{org="o",repo="r",branch="other",workflow_name="CI",job_name="build",runner_group="Default",state="queued"} 7000',
    'workflow_job_status_count{org="o",repo="r",branch="other",workflow_name="CI",job_name="build",runner_group="Default",status="in_progress"} 1',
  ]);
});

test('the requests left to ARC are those of the credential with the fewest, with its limit', () => {
  const reading = (metric: { name: string }, labels: string[], value: number) => ({
    ...{ metric: metric.name, labels, value },
  });
  const readings = [
    reading(SELF.githubRemaining, ['app:1', 'core'], 9000),
    reading(SELF.githubLimit, ['app:1', 'core'], 15_000),
    reading(SELF.githubRemaining, ['token', 'core'], 4000),
    reading(SELF.githubLimit, ['token', 'core'], 5000),
    reading(SELF.githubRemaining, ['token', 'search'], 1),
  ];
  const shown = (of: typeof readings) =>
    readGauges(COMPAT_SETS.arc.gauges, of, { labelPatterns: new Map(), maxSeries: 10 }).map(
      ({ metric, value }) => [metric, value],
    );
  assert.deepEqual(shown(readings), [
    ['github_rate_limit', 5000],
    ['github_rate_limit_remaining', 4000],
  ]);
  assert.deepEqual(shown([]), []);
});

test('what is no owner/name is a name without an owner', () => {
  const [labels] = labelsIn('arc', 'github_workflow_jobs_completed_total', [
    completed({ repository: 'odd', completedAtMs: T0 }),
  ]);
  assert.match(labels ?? '', /repository="odd",repository_full_name="odd",workflow_name/);
});
