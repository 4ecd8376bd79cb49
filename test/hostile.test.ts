import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { deliveryId } from '../simulator/delivery-id.ts';
import { CASES } from './cases.ts';
import { type Family, parseOpenMetrics } from './openmetrics.ts';
import { IS_LONG_FORM, peerPath } from './peers.ts';
import { deliveryOf, openPipeline, type Pipeline, type Webhook } from './pipeline.ts';
import { NOW } from './small-worlds.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * A hostile or careless repository: names of any number and length can't grow the series or break a scrape,
 * and no number gets lost.
 */

const MAX_SERIES = 500;
const JOBS = IS_LONG_FORM ? 10_000 : 3000;
const RUNS = JOBS / 2;
const QUEUED = 1000;
const LONG = 60_000;
/** No line may be longer: five labels of two hundred characters each, escaped, and names. */
const LONGEST_LINE = 2300;
const BATCH = 500;
const repository = { full_name: 'careless/repo', private: true, default_branch: 'main' };

/** Text that is hard to write down, hard to cut, or looks like the exposition itself. */
const NASTY = [
  'say "hi"',
  'back\\slash\\n\\',
  'two\nlines\r\nand a tab\t',
  'ants 🐜🐜, {braces}=# HELP x',
  '\ud83d alone',
  'nul\0nul',
  '\u202eright to left\u2028',
  '} 5\ngithub_actions_jobs_total{job_name="forged"} 999',
];
const LONG_NASTY = ['é'.repeat(LONG), '🐜'.repeat(LONG / 2), '"'.repeat(LONG), '(('.repeat(LONG / 2)];

const STATUSES = ['requested', 'queued', 'pending', 'waiting', 'in_progress'];

function nasty(index: number): string {
  const list = index % 1000 < LONG_NASTY.length ? LONG_NASTY : NASTY;
  const text = list[index % list.length] ?? '';
  // Before it, so that it remains when the text is cut.
  return `${index} ${text}`;
}

function sent(event: string, number: number, payload: object): Webhook {
  const guid = deliveryId(NOW - 3_600_000 + number, number.toString(16).padStart(16, '0'));
  return { guid, event, body: JSON.stringify({ ...payload, repository }) };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** The jobs of a minute, each with a new name, a new runner group and sometimes new labels. */
function job(number: number): Webhook {
  const name = number < 200 ? nasty(number) : `generated ${number}`;
  return sent('workflow_job', number, {
    action: 'completed',
    workflow_job: {
      id: 1_000_000 + number,
      run_id: 77,
      run_attempt: 1,
      name,
      workflow_name: number % 3 === 0 ? nasty(number) : 'CI',
      status: 'completed',
      conclusion: number % 5 === 0 ? 'failure' : 'success',
      created_at: timeText(NOW - 100_000),
      started_at: timeText(NOW - 90_000),
      completed_at: timeText(NOW - 30_000),
      labels: number % 1000 === 7 ? Array.from({ length: 300 }, (_, at) => nasty(at)) : ['self-hosted', name],
      runner_id: number + 1,
      runner_name: `runner ${number}`,
      runner_group_name: nasty(number),
      steps: [{ name: nasty(number), status: 'completed', conclusion: 'failure', number: 1 }],
    },
  });
}

function run(number: number): Webhook {
  return sent('workflow_run', number, {
    action: 'completed',
    workflow_run: {
      id: 5_000_000 + number,
      run_attempt: 1,
      event: number % 2 === 0 ? 'push' : nasty(number),
      name: 'CI',
      status: 'completed',
      conclusion: 'success',
      head_branch: nasty(number),
      created_at: timeText(NOW - 100_000),
      run_started_at: timeText(NOW - 100_000),
      updated_at: timeText(NOW - 40_000),
    },
  });
}

function queued(number: number): Webhook {
  return sent('workflow_job', number, {
    action: 'queued',
    workflow_job: {
      id: 9_000_000 + number,
      run_id: 78,
      run_attempt: 1,
      name: 'build',
      workflow_name: nasty(number),
      status: 'queued',
      created_at: timeText(NOW - 100_000),
      started_at: timeText(NOW - 100_000),
      labels: [nasty(number)],
      steps: [],
    },
  });
}

async function feed(pipeline: Pipeline): Promise<void> {
  const kinds = [
    { count: JOBS, make: job },
    { count: RUNS, make: run },
    { count: QUEUED, make: queued },
  ];
  let number = 0;
  for (const { count, make } of kinds) {
    for (let fed = 0; fed < count; fed += BATCH) {
      const batch = Array.from({ length: BATCH }, () => {
        number += 1;
        return deliveryOf(make(number), NOW);
      });
      await pipeline.accept(batch);
      await pipeline.process();
    }
  }
  await pipeline.settle();
}

/** The series of a family, as their labels. */
function seriesOf({ samples }: Family): Set<string> {
  return new Set(samples.map(({ labels: { le: _, ...labels } }) => JSON.stringify(labels)));
}

test('an unlimited number of names of any length goes to the overflow series, and every sum stays', async () => {
  using folder = openTemporaryFolder();
  const options = {
    url: `sqlite:${join(folder.path, 'hostile.db')}`,
    clock: { nowMs: NOW },
    maxSeries: MAX_SERIES,
    batchSize: BATCH,
  };
  await using pipeline = await openPipeline(options);
  await feed(pipeline);

  const openMetrics = await pipeline.render('openmetrics');
  const families = new Map(parseOpenMetrics(openMetrics).map((family) => [family.name, family]));
  const sumOf = (name: string, sample: string, key = '') =>
    (families.get(`github_actions_${name}`) as Family).samples
      .filter((each) => each.name.endsWith(sample) && JSON.stringify(each.labels).includes(key))
      .reduce((sum, { value }) => sum + value, 0);

  for (const family of families.values()) {
    // The limit, plus the overflow series.
    assert.ok(seriesOf(family).size <= MAX_SERIES + 1, family.name);
  }
  assert.equal(sumOf('jobs', '_total'), JOBS);
  assert.equal(sumOf('job_failures', '_total'), JOBS / 5);
  assert.equal(sumOf('job_duration_seconds', '_count'), JOBS);
  assert.equal(sumOf('job_duration_seconds', '_sum'), JOBS * 60);
  assert.equal(sumOf('job_queue_seconds', '_sum'), JOBS * 10);
  assert.equal(sumOf('runner_busy_seconds', '_total'), JOBS * 60);
  assert.equal(sumOf('runs', '_total'), RUNS);
  assert.equal(sumOf('run_duration_seconds', '_sum'), RUNS * 60);
  assert.equal(sumOf('active_jobs', 'active_jobs'), QUEUED);
  assert.equal(sumOf('jobs', '_total', '"job_name":"__other__"'), JOBS - MAX_SERIES);
  assert.equal(sumOf('active_jobs', 'active_jobs', '__other__'), QUEUED - MAX_SERIES);
  // However many branches there are, each is in a class.
  const branches = families
    .get('github_actions_run_duration_seconds')
    ?.samples.map(({ labels }) => labels['branch']);
  assert.deepEqual([...new Set(branches)], ['other']);
  const dropped = families.get('ant_watcher_series_dropped')?.samples ?? [];
  const ofJobs = dropped.find(({ labels }) => labels['metric'] === 'github_actions_jobs_total');
  assert.equal(ofJobs?.value, JOBS - MAX_SERIES);
  for (const line of openMetrics.split('\n')) assert.ok(line.length <= LONGEST_LINE, line.slice(0, 200));

  const input = await pipeline.render('text');
  const checked = spawnSync(peerPath('promtool'), ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.deepEqual([checked.status, checked.stdout, checked.stderr], [0, '', '']);

  await pipeline[Symbol.asyncDispose]();
  await using again = await openPipeline(options);
  assert.ok((await again.render('openmetrics')) === openMetrics, 'a restart shows the same');
});

/** Values that no field should have, and some valid ones, so that all of it gets far. */
const oddValues = fc.oneof(
  fc.constantFrom(
    'constructor',
    '__proto__',
    'toString',
    '',
    'completed',
    'waiting',
    'queued',
    'in_progress',
  ),
  fc.constantFrom('2026-11-20T10:00:00Z', '2026-11-20T09:00:00Z', '0001-01-01T00:00:00Z', 'yesterday'),
  fc.constantFrom<unknown>(null, true, -1, 0, 1, 0.5, 2 ** 53, 2 ** 40, 1e300, [], {}, [null], [[]], [{}]),
  fc.jsonValue({ maxDepth: 2 }),
);
const fields = (names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, oddValues])), { requiredKeys: [] });
const TIMES = ['created_at', 'started_at', 'completed_at', 'run_started_at', 'updated_at'];
const oddObjects = fc
  .tuple(
    fc.constantFrom({}, { id: 1, run_id: 1 }, { id: 2, run_id: 1, runner_id: 3 }),
    fields([...TIMES, 'id', 'run_id', 'run_attempt', 'name', 'status', 'conclusion', 'labels', 'steps']),
    fields([
      'runner_id',
      'runner_name',
      'runner_group_name',
      'workflow_name',
      'event',
      'head_branch',
      'path',
    ]),
  )
  .map((parts) => Object.assign({}, ...parts));
const oddPayloads = fc.record(
  {
    action: oddValues,
    workflow_job: fc.oneof(oddObjects, oddValues),
    workflow_run: fc.oneof(oddObjects, oddValues),
    workflow: oddValues,
    deployment: fc.oneof(fields(['updated_at']), oddValues),
    repository: fc.oneof(fields(['full_name', 'private', 'default_branch']), oddValues),
  },
  { requiredKeys: [] },
);
const oddDeliveries = fc.record({
  guid: fc.oneof(fc.uuid({ version: 1 }), fc.uuid({ version: 4 })),
  event: fc.constantFrom('workflow_job', 'workflow_run', 'workflow_dispatch'),
  body: oddPayloads.map((payload) => JSON.stringify(payload)),
});

test('whatever a payload contains, it is processed, and its values are readable and not negative', async () => {
  const numRuns = Math.ceil(500 * CASES);
  const property = fc.asyncProperty(fc.array(oddDeliveries, { minLength: 1, maxLength: 6 }), async (all) => {
    await using pipeline = await openPipeline({ clock: { nowMs: NOW } });
    await pipeline.accept(all.map((each) => deliveryOf(each, NOW)));
    await pipeline.settle();
    const families = parseOpenMetrics(await pipeline.render('openmetrics'));
    for (const { samples } of families) for (const { value } of samples) assert.ok(value >= 0);
    const statuses = families.flatMap(({ samples }) =>
      samples.flatMap(({ labels }) => labels['status'] ?? []),
    );
    for (const status of statuses) assert.ok(STATUSES.includes(status), status);
  });
  await fc.assert(property, { numRuns });
});
