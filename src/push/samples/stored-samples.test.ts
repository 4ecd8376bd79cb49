import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENTS } from '../../domain/catalogue.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import type { Sample } from '../../domain/sample.ts';
import { formatOfSamples } from './sample-format.ts';
import type { SampleReceiver } from './sample-receiver.ts';
import { takingStored } from './stored-samples.ts';

const NOW = Date.UTC(2026, 10, 24);

function stored(value: number, atMs = NOW + value): EventSample {
  return { metric: EVENTS.jobQueue.name, labels: ['o/r', 'CI', 'build', 'x'], value, atMs };
}

test('samples get the names of their labels', async () => {
  const told: Sample[] = [];
  const receiver: Partial<SampleReceiver> = {
    async send(samples) {
      told.push(...samples);
      return { count: samples.length, outcome: { kind: 'sent' } };
    },
  };
  await takingStored(receiver as SampleReceiver).send([stored(1)]);
  const labels = [
    ['repository', 'o/r'],
    ['workflow', 'CI'],
    ['job_name', 'build'],
    ['runs_on', 'x'],
  ];
  assert.deepEqual(told, [{ metric: EVENTS.jobQueue.name, labels, value: 1, atMs: NOW + 1 }]);
});

test('a request ends before a sample that no receiver would keep, which then counts alone', () => {
  const named = (sample: EventSample): Sample => ({ ...sample, labels: [] });
  const { fit } = formatOfSamples((metric) => metric);
  const samples = [stored(1), stored(2), stored(3, 3), stored(4)].map(named);
  assert.deepEqual(fit(samples), { count: 2, problem: null });
  assert.match(fit(samples.slice(2)).problem ?? '', /^its time/);
  assert.deepEqual(fit(samples.slice(3)), { count: 1, problem: null });
});

test('a series is written and looked at once, and anew for another metric with the same labels', () => {
  const written: string[] = [];
  const { fit, seriesOf } = formatOfSamples((metric) => {
    written.push(metric);
    return metric;
  });
  const labels = [['a', 'b']] as const;
  const samples = ['m', 'm', 'n', '-', 'm'].map((metric, index) => ({
    metric,
    labels,
    value: 1,
    atMs: NOW + index,
  }));
  assert.equal(fit(samples.slice(0, 2)).count, 2);
  assert.deepEqual(written, ['m']);
  assert.deepEqual(fit(samples), { count: 3, problem: null });
  assert.deepEqual(samples.map(seriesOf), ['m', 'm', 'n', '-', 'm']);
});
