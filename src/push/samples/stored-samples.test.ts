import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENTS } from '../../domain/catalogue.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import type { Sample } from '../../domain/sample.ts';
import { OF_SAMPLES } from './sample-format.ts';
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
  const samples = [stored(1), stored(2), stored(3, 3), stored(4)].map(named);
  assert.deepEqual(OF_SAMPLES.fit(samples), { count: 2, problem: null });
  assert.match(OF_SAMPLES.fit(samples.slice(2)).problem ?? '', /^its time/);
  assert.deepEqual(OF_SAMPLES.fit(samples.slice(3)), { count: 1, problem: null });
});
