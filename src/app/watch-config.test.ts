import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { ConfigFiles } from '../config/config-files.ts';
import type { ReloadOutcome } from '../domain/reload.ts';
import { watchConfig } from './watch-config.ts';

const APPLIED: ReloadOutcome = { kind: 'applied', applied: [], needsRestart: [] };

/** A watch of one file that looks when the test says so; `outcomes` are those of the reloads in turn. */
function openWatch(
  path: string,
  { outcomes = [], isOn = () => true }: { outcomes?: ReloadOutcome[]; isOn?: () => boolean } = {},
) {
  const files = new ConfigFiles();
  files.read(path);
  const state = { reloads: 0 };
  let wake = Promise.withResolvers<void>();
  let idle = Promise.withResolvers<void>();
  const watch = watchConfig(files, {
    rules: () => ({ configWatchMs: isOn() ? 10_000 : 0 }),
    async reload() {
      state.reloads += 1;
      const outcome = outcomes.shift() ?? APPLIED;
      if (outcome.kind !== 'unavailable') files.read(path);
      return outcome;
    },
    async sleep(_, signal) {
      idle.resolve();
      await Promise.race([wake.promise, new Promise((done) => signal?.addEventListener('abort', done))]);
    },
  });
  return {
    state,
    async look() {
      idle = Promise.withResolvers<void>();
      const woken = wake;
      wake = Promise.withResolvers<void>();
      woken.resolve();
      await idle.promise;
    },
    [Symbol.asyncDispose]: () => watch.close(),
  };
}

function newFile(folder: string): string {
  const path = join(folder, 'token');
  writeFileSync(path, 'one');
  return path;
}

test('a file that has changed is reloaded once, when two looks have seen the same', async () => {
  using folder = openTemporaryFolder();
  const path = newFile(folder.path);
  await using watch = openWatch(path);
  await watch.look();
  writeFileSync(path, 'tw');
  await watch.look();
  writeFileSync(path, 'two');
  await watch.look();
  assert.equal(watch.state.reloads, 0);
  await watch.look();
  assert.equal(watch.state.reloads, 1);
  for (let look = 0; look < 4; look += 1) await watch.look();
  assert.equal(watch.state.reloads, 1);
});

test('a change back is a change as well, and so is a file that goes away', async () => {
  using folder = openTemporaryFolder();
  const path = newFile(folder.path);
  await using watch = openWatch(path);
  for (const change of [
    () => writeFileSync(path, 'two'),
    () => writeFileSync(path, 'one'),
    () => rmSync(path),
  ]) {
    const before = watch.state.reloads;
    change();
    for (let look = 0; look < 4; look += 1) await watch.look();
    assert.equal(watch.state.reloads, before + 1);
  }
});

test('a file that is touched, or written again as it was, reloads nothing', async () => {
  using folder = openTemporaryFolder();
  const path = newFile(folder.path);
  await using watch = openWatch(path);
  writeFileSync(path, 'one');
  for (let look = 0; look < 4; look += 1) await watch.look();
  assert.equal(watch.state.reloads, 0);
});

test('a reload that finds the store unavailable is tried again, a refused one is not', async () => {
  using folder = openTemporaryFolder();
  const path = newFile(folder.path);
  const unavailable: ReloadOutcome = { kind: 'unavailable', reason: 'The disk is full.' };
  const outcomes = [unavailable, unavailable, { kind: 'refused', problems: [] } as const];
  await using watch = openWatch(path, { outcomes });
  writeFileSync(path, 'two');
  for (let look = 0; look < 8; look += 1) await watch.look();
  assert.equal(watch.state.reloads, 3);
});

test('with config.watch off nothing is read, and a reload may turn it on', async () => {
  using folder = openTemporaryFolder();
  const path = newFile(folder.path);
  let isOn = false;
  await using watch = openWatch(path, { isOn: () => isOn });
  writeFileSync(path, 'two');
  for (let look = 0; look < 4; look += 1) await watch.look();
  assert.equal(watch.state.reloads, 0);
  isOn = true;
  for (let look = 0; look < 4; look += 1) await watch.look();
  assert.equal(watch.state.reloads, 1);
});
