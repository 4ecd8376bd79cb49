import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { preload } from '../faults.ts';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { openLossyGitHub, worldOf } from './lossy-github.ts';
import { AMPLE } from './recovered.ts';

const MOST_ENDS = 5;

test('a lost delivery that ends the process whenever it is fetched is given up, and all others are recovered', async () => {
  const world = worldOf('poison', { runs: 15 });
  const lost = [...deliveriesOf(world)];
  const poison = lost.at(-20)?.guid;
  const fault = preload(`
    import { isMainThread } from 'node:worker_threads';
    const parse = JSON.parse;
    if (isMainThread) JSON.parse = (text, ...rest) => {
      const isPoison = String(text).includes('"payload"') && String(text).includes(${JSON.stringify(poison)});
      return isPoison ? process.kill(process.pid, 'SIGKILL') : parse(text, ...rest);
    };`);
  await using lossy = await openLossyGitHub({
    ...{ world, hooks: ['app'], limits: AMPLE },
    env: { NODE_OPTIONS: fault, ANT_WATCHER_RECOVERY_INTERVAL: '1s' },
  });
  await lossy.send(lost, () => true);
  const guids = new Set(lost.map(({ guid }) => guid));
  let ends = 0;
  while ((await recoveredOf(lossy.service)) !== guids.size - 1) {
    if (await isAlive(lossy.service)) continue;
    ends += 1;
    assert.ok(ends <= MOST_ENDS, 'it ends the process for ever');
    await lossy.service.kill();
    await lossy.service.start().catch(() => undefined);
  }
  assert.ok(await isAlive(lossy.service));
});

/** Null: it does not exist. */
async function recoveredOf(service: Service): Promise<number | null> {
  try {
    return sumOf(await service.metrics(), 'ant_watcher_recovered_deliveries_total', {
      source: 'redelivery',
    });
  } catch {
    return null;
  }
}

async function isAlive(service: Service): Promise<boolean> {
  try {
    return (await service.get('/livez')).ok;
  } catch {
    return false;
  }
}
