import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../simulator/random.ts';
import { expectEachCountedOnce } from './counted-once.ts';
import { startWith } from './database-operator.ts';
import { JobLoad } from './job-load.ts';
import { labelsOf, type Samples } from './samples.ts';
import { startService } from './service.ts';

/* Where there is little memory, the engine has no thread of its own. All that is promised holds there, too. */

const LITTLE = { ANT_WATCHER_MEMORY_LIMIT: '400MiB' };
const KILLS = 4;

test('with little memory everything is on the main thread; killed under load, it counts each delivery once', async () => {
  const random = createRandom('one thread');
  await using service = await startService({ env: LITTLE });
  const load = new JobLoad(service, 16);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const running = load.run();
    await sleep(random.int(50, 400));
    await service.kill();
    await running;
    await service.start();
  }
  await load.finish();
  const samples = await service.settled();
  expectEachCountedOnce(samples, load);
  assert.deepEqual(threadsOf(samples), ['main']);
});

test('its database removed, it saves all of it, and ends with 1', async () => {
  await using operator = await startWith(LITTLE);
  const { service } = operator;
  rmSync(operator.path);
  await operator.send();
  const { code, log } = await service.ended();
  assert.equal(code, 1, log);
  assert.match(log, /"code":"store_replaced".*"msg":"Part of the service failed; stopping"/);
  assert.doesNotMatch(log, /Bug; stopping/);
  await operator.expectAll();
});

/** On which threads JavaScript runs. */
function threadsOf(samples: Samples): (string | undefined)[] {
  const series = [...samples.keys()].map(labelsOf);
  return series
    .filter(({ name }) => name === 'nodejs_heap_size_used_bytes')
    .map(({ labels }) => labels['thread']);
}
