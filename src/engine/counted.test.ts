import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seconds } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { deliveriesWith, percentileBound } from './counted.ts';

const series = (values: readonly string[], ...cells: number[]) => ({ values, cells }) as never;

test('deliveries are summed by outcome; without the label all are accepted', () => {
  const of = (...outcomes: string[]) => ({
    seriesOf: () => outcomes.map((outcome, at) => series(['workflow_job', 'queued', outcome], at + 1)),
  });
  assert.equal(deliveriesWith('accepted', of('accepted', 'duplicate', 'accepted')), 4);
  assert.equal(deliveriesWith('accepted', of('')), 1);
  assert.equal(SELF.deliveries.labels[2], 'outcome');
});

test('a percentile of a histogram is the bound of its bucket', () => {
  const metric = seconds('m', [], 'm', [10, 20, 30]);
  const p95 = (...cells: number[]) =>
    percentileBound(metric, { seriesOf: () => [series([], ...cells)] }, 0.95);
  assert.equal(p95(19, 1, 0, 0), 10);
  assert.equal(p95(18, 2, 0, 0), 20);
  assert.equal(p95(0, 0, 0, 5), null, 'beyond all bounds');
  assert.equal(p95(0, 0, 0, 0), null);
});
