import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN } from '../domain/catalogue.ts';
import { parseLabelPatterns } from '../domain/label-patterns.ts';
import { shapeReadings } from './shape-readings.ts';

const JOBS = DOMAIN.activeJobs.name;
const OLDEST = DOMAIN.oldestActiveJob.name;

function jobs(workflow: string, value: number) {
  return { metric: JOBS, labels: ['o/r', workflow, 'ubuntu', 'queued'], value };
}

test('readings with equal labels are added, and of "oldest" readings the earliest is kept', () => {
  const labelPolicy = new Map([[JOBS, { words: new Set(['workflow']), isKept: false }]]);
  const oldest = (value: number) => ({ metric: OLDEST, labels: ['ubuntu', 'queued'], value });
  const shaped = shapeReadings([jobs('A', 2), oldest(50), jobs('B', 3), oldest(40)], {
    labelPolicy,
    maxSeries: 9,
  });
  assert.deepEqual(shaped, [
    { metric: JOBS, labels: ['o/r', '', 'ubuntu', 'queued'], value: 5 },
    { metric: OLDEST, labels: ['ubuntu', 'queued'], value: 40 },
  ]);
});

test('readings over the limit of a metric go to one series, and nothing is lost', () => {
  const readings = Array.from({ length: 10 }, (_, index) => jobs(`W${index}`, 1));
  const shaped = shapeReadings(readings, { labelPolicy: new Map(), maxSeries: 4 });
  assert.equal(shaped.length, 5);
  assert.deepEqual(shaped.at(-1)?.labels, ['__other__', '__other__', '__other__', '__other__']);
  assert.equal(
    shaped.reduce((sum, { value }) => sum + value, 0),
    10,
  );
});

test('readings that a pattern makes equal are added', () => {
  const parsed = parseLabelPatterns('workflow=Preview of *; runs_on=ub*');
  assert.ok('patterns' in parsed);
  const shape = { labelPolicy: new Map(), labelPatterns: parsed.patterns, maxSeries: 9 };
  assert.deepEqual(shapeReadings([jobs('Preview of 1', 2), jobs('Preview of 2', 3)], shape), [
    { metric: JOBS, labels: ['o/r', 'Preview of *', 'ub*', 'queued'], value: 5 },
  ]);
});
