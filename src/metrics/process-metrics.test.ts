import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { GaugeReading, Metric } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { collectGarbage } from '../memory/process-memory.ts';
import { openProcessMetrics } from './process-metrics.ts';

function valueRead(readings: readonly GaugeReading[], metric: Metric): number {
  const reading = readings.find((each) => each.metric === metric.name);
  assert.ok(reading, `${metric.name} is read`);
  return reading.value;
}

function blockFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('the main thread reports the process and itself', (t) => {
  const metrics = openProcessMetrics({ thread: 'main', version: '1.2.3' });
  t.after(() => metrics.close());
  const readings = metrics.readings();
  assert.deepEqual(readings.find(({ metric }) => metric === SELF.buildInfo.name)?.labels, [
    '1.2.3',
    process.version,
  ]);
  assert.deepEqual(readings.find(({ metric }) => metric === SELF.heapUsed.name)?.labels, ['main']);
  assert.ok(valueRead(readings, SELF.cpuSeconds) > 0);
  assert.ok(valueRead(readings, SELF.residentMemory) > valueRead(readings, SELF.heapUsed));
  const secondsAgo = Date.now() / 1000 - valueRead(readings, SELF.startTime);
  assert.ok(Math.abs(secondsAgo - process.uptime()) < 1, `started ${secondsAgo} s ago`);
});

test('another thread reports only itself', (t) => {
  const metrics = openProcessMetrics({ thread: 'engine' });
  t.after(() => metrics.close());
  const readings = metrics.readings();
  assert.ok(readings.every(({ labels: [thread] }) => thread === 'engine'));
  const limit = valueRead(readings, SELF.heapLimit);
  assert.ok(limit > valueRead(readings, SELF.heapUsed) && limit < 2 ** 50);
});

test('the longest event loop delay covers the time since the previous reading', async (t) => {
  const metrics = openProcessMetrics({ thread: 'main' });
  t.after(() => metrics.close());
  await wait(100);
  blockFor(600);
  await wait(50);
  assert.ok(valueRead(metrics.readings(), SELF.eventLoopDelay) >= 0.55);
  await wait(100);
  assert.ok(valueRead(metrics.readings(), SELF.eventLoopDelay) < 0.55);
});

test('pauses of the garbage collector are counted by kind, the longest since the previous reading', async (t) => {
  const metrics = openProcessMetrics({ thread: 'main' });
  t.after(() => metrics.close());
  const major = (readings: readonly GaugeReading[], metric: Metric) =>
    readings.find((each) => each.metric === metric.name && each.labels[1] === 'major')?.value ?? Number.NaN;
  assert.equal(major(metrics.readings(), SELF.gcPauses), 0);
  collectGarbage();
  collectGarbage();
  let readings = metrics.readings();
  let longest = valueRead(readings, SELF.gcPauseMax);
  // Node.js reports them a little later.
  for (let turn = 0; turn < 1000 && major(readings, SELF.gcPauses) < 2; turn += 1) {
    await nextTurn();
    readings = metrics.readings();
    longest = Math.max(longest, valueRead(readings, SELF.gcPauseMax));
  }
  assert.ok(major(readings, SELF.gcPauses) >= 2);
  assert.ok(longest > 0 && longest < major(readings, SELF.gcPauseSeconds));
  assert.ok(valueRead(metrics.readings(), SELF.gcPauseMax) < longest);
});
