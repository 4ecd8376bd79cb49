import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectEachCountedOnce } from './counted-once.ts';
import { JobLoad } from './job-load.ts';
import { sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/* The real process near its memory limit. */

const MEBIBYTE = 1024 ** 2;
/** How much more than at rest the process may use: work needs that at once. */
const ROOM_BYTES = 32 * MEBIBYTE;
const FLOODS = 3;
const SENDERS = 64;
/** However slow the machine is. */
const TRIES = 3000;

test(`flooded ${FLOODS} times to its memory limit, it refuses, recovers, and counts everything it accepted`, async () => {
  const limitBytes = (await restingBytes()) + ROOM_BYTES;
  await using service = await startLimited(limitBytes);
  const load = new JobLoad(service, SENDERS);
  for (let flood = 0; flood < FLOODS; flood += 1) {
    const before = load.accepted;
    // It refuses now and then: sending continues as soon as it accepts again.
    for (let tries = 0; load.accepted === before && tries < TRIES; tries += 1) await sendUntilRefused(load);
    assert.ok(load.accepted > before, 'it does not take deliveries again');
  }
  assert.match(load.refusal?.text ?? '', /"code":"memory_short"/);
  assert.match(load.refusal?.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  await finish(load);
  const samples = await service.settled();
  expectEachCountedOnce(samples, load);
  assert.ok(sumOf(samples, 'ant_watcher_rejections_total', { reason: 'memory_short' }) >= FLOODS);
  const highestBytes = highestResidentBytes(service);
  assert.ok(highestBytes < limitBytes, `it took ${highestBytes} of ${limitBytes} bytes`);
});

test('with a limit below its idle memory, it still accepts deliveries, a few at a time', async () => {
  await using service = await startLimited((await restingBytes()) - 16 * MEBIBYTE);
  const load = new JobLoad(service, 2);
  while (load.refusal === undefined) await load.run();
  await finish(load);
  expectEachCountedOnce(await service.settled(), load);
});

function startLimited(bytes: number): Promise<Service> {
  return startService({ env: { ANT_WATCHER_MEMORY_LIMIT: `${bytes}B` } });
}

async function sendUntilRefused(load: JobLoad): Promise<void> {
  await load.run();
  await sleep(100);
}

/** Sends refused deliveries again until they are accepted. */
async function finish(load: JobLoad): Promise<void> {
  for (let tries = 0; !(await isFinished(load)); tries += 1) {
    assert.ok(tries < TRIES, 'it does not recover');
    await sleep(100);
  }
}

async function isFinished(load: JobLoad): Promise<boolean> {
  return load.finish().then(
    () => true,
    () => false,
  );
}

/** The memory of a process without any work, where there is little. */
async function restingBytes(): Promise<number> {
  await using service = await startLimited(400 * MEBIBYTE);
  return highestResidentBytes(service);
}

/** As reported by Linux. */
function highestResidentBytes({ pid }: Service): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
