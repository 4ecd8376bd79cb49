import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { SELF } from '../domain/own-metrics.ts';
import { Pressure } from './pressure.ts';

/** A process whose use, in percent, and whose release of memory the test chooses. */
function openProcess() {
  const now = { ms: 0, resident: 50, heap: 0, gives: (resident: number) => resident };
  const { logger, lines } = recordingLogger();
  let reliefs = 0;
  const pressure = new Pressure({
    limitBytes: 100,
    measure: async () => ({ residentBytes: now.resident, heapShare: now.heap / 100 }),
    async relieve() {
      reliefs += 1;
      now.resident = now.gives(now.resident);
    },
    async recovered() {
      lines.push({ level: '', message: 'recovered' });
    },
    monotonic: () => now.ms,
    logger,
  });
  pressure.close(); // the test checks at its own times

  /** Checks once, and returns whether pressure is high then. */
  async function look(passMs = 0): Promise<boolean> {
    now.ms += passMs;
    await pressure.check();
    return pressure.isHigh;
  }

  /** Checks until it is over, which must happen within a minute. */
  async function endOfIt(): Promise<void> {
    const endMs = now.ms + 60_000;
    while (now.ms < endMs) if (!(await look(100))) return;
    assert.fail('it refuses for ever');
  }

  const log = () => lines.map(({ level, message }) => (level === '' ? message : `${level}: ${message}`));
  return { now, log, pressure, reliefs: () => reliefs, look, endOfIt };
}

test('near the limit memory is released, and the pressure ends when there is room again', async () => {
  const { now, log, reliefs, look } = openProcess();
  now.resident = 92;
  assert.equal(await look(), false);
  now.resident = 93;
  now.gives = () => 86;
  assert.equal(await look(), true);
  assert.equal(reliefs(), 1);
  assert.equal(await look(100), true, 'not yet far enough below');
  now.resident = 84;
  assert.equal(await look(100), false);
  assert.deepEqual(log(), [
    'error: Memory nearly full; answering deliveries with 503',
    'warn: Memory pressure over; accepting deliveries again',
    'recovered',
  ]);
});

test('a full heap is memory pressure as well', async () => {
  const { now, look } = openProcess();
  now.heap = 93;
  assert.equal(await look(), true);
  now.heap = 10;
  assert.equal(await look(), false);
});

test('releases are a second apart, and go on while they help', async () => {
  const { now, reliefs, look } = openProcess();
  now.resident = 120;
  now.gives = (resident) => resident - 2;
  await look();
  for (let tenth = 1; tenth <= 100; tenth += 1) assert.equal(await look(100), true);
  assert.equal(reliefs(), 11);
  for (let tenth = 1; tenth <= 100; tenth += 1) await look(100);
  assert.equal(await look(), false, 'below 85 %');
});

test('when nothing more can be released the pressure ends anyway, and starts again halfway to the limit', async () => {
  const { now, log, look, endOfIt, reliefs } = openProcess();
  now.resident = 96;
  await look();
  await endOfIt();
  assert.equal(reliefs(), 3);
  assert.match(String(log().at(-2)), /^warn: Memory still nearly full/);
  now.resident = 97.9;
  assert.equal(await look(1000), false);
  now.resident = 98.1;
  assert.equal(await look(1000), true);
  now.gives = () => 80;
  await endOfIt();
  now.resident = 93;
  assert.equal(await look(1000), true, 'there was room again, so the mark is what it was');
});

test('deliveries are never refused for ever, however much the process needs at rest', async () => {
  for (const rest of [85, 90, 93, 99, 100, 120, 300]) {
    const { now, look, endOfIt } = openProcess();
    now.resident = rest;
    for (let round = 0; round < 5; round += 1) {
      await look(1000);
      await endOfIt();
      assert.equal(await look(1000), false, `at ${rest} %`);
      now.resident = rest * 2;
      assert.equal(await look(1000), true);
      now.resident = rest;
    }
  }
});

test('a recurring flood is logged once a minute', async () => {
  const { now, log, look } = openProcess();
  for (let round = 0; round < 10; round += 1) {
    now.resident = 95;
    assert.equal(await look(1000), true);
    now.resident = 80;
    assert.equal(await look(1000), false);
  }
  const told = () => log().filter((line) => line !== 'recovered').length;
  assert.equal(told(), 2);
  now.resident = 95;
  await look(60_000);
  assert.equal(told(), 3);
});

test('the limit and the refusal are shown', async () => {
  const { now, pressure, look } = openProcess();
  const values = () => pressure.readings().map(({ metric, value }) => [metric, value]);
  assert.deepEqual(values(), [
    [SELF.memoryLimit.name, 100],
    [SELF.memoryPressure.name, 0],
  ]);
  now.resident = 95;
  await look();
  assert.deepEqual(values()[1], [SELF.memoryPressure.name, 1]);
});
