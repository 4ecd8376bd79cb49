import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENTS } from '../../domain/catalogue.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import { formatOfSamples, type WriteSeries } from './sample-format.ts';

const NOW = Date.UTC(2026, 10, 24);

function stored(value: number, atMs = NOW + value): EventSample {
  return { metric: EVENTS.jobQueue.name, labels: ['o/r', 'CI', 'build', 'x'], value, atMs };
}

/** Its requests are the texts of the series, each with its value. */
function openFormat(writeSeries: WriteSeries = (metric) => metric) {
  const { encode } = formatOfSamples(writeSeries, (samples, series) =>
    Buffer.from(samples.map(({ value }, at) => `${series[at]} ${value}`).join('\n')),
  );
  return async (samples: readonly EventSample[]) => {
    const encoded = await encode(samples);
    if (encoded.problem !== null) return encoded.problem;
    const lines = Buffer.from(encoded.payload.body).toString().split('\n');
    assert.equal(lines.length, encoded.count);
    return lines;
  };
}

test('samples get the names of their labels', async () => {
  const encode = openFormat((_, labels) => JSON.stringify(labels));
  const labels = [
    ['repository', 'o/r'],
    ['workflow', 'CI'],
    ['job_name', 'build'],
    ['runs_on', 'x'],
  ];
  assert.deepEqual(await encode([stored(1)]), [`${JSON.stringify(labels)} 1`]);
});

test('a request ends before a sample that no receiver would keep, which then counts alone', async () => {
  const encode = openFormat(() => 'm');
  const samples = [stored(1), stored(2), stored(3, 3), stored(4)];
  assert.deepEqual(await encode(samples), ['m 1', 'm 2']);
  assert.match(String(await encode(samples.slice(2))), /^its time/);
  assert.deepEqual(await encode(samples.slice(3)), ['m 4']);
});

test('a series is written and looked at once, and anew for another metric with the same labels', async () => {
  const written: string[] = [];
  const encode = openFormat((metric) => {
    written.push(metric);
    return metric;
  });
  const labels = ['a'];
  const samples = ['m', 'm', 'n', '-', 'm'].map((metric, value) => ({
    ...{ metric, labels, value },
    atMs: NOW,
  }));
  assert.deepEqual(await encode(samples.slice(0, 2)), ['m 0', 'm 1']);
  assert.deepEqual(written, ['m']);
  assert.deepEqual(await encode(samples), ['m 0', 'm 1', 'n 2']);
  assert.deepEqual(written, ['m', 'n', '-']);
});
