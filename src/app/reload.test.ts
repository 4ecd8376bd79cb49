import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { recordingLogger, SILENT } from '../../test/fixtures/logger.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { AntError } from '../domain/errors.ts';
import { safeFields } from '../logger/safe-fields.ts';
import { type ReadSettings, Reloader } from './reload.ts';

const POLLING = { ANT_WATCHER_GITHUB_REPOSITORIES: 'o/r', ANT_WATCHER_GITHUB_TOKEN: 'ghp_1' };

function read(env: Readonly<Record<string, string>>): ReturnType<ReadSettings> {
  return loadSettings({ flags: [], env, cwd: '/nonexistent', forServing: true });
}

function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const loaded = read(env);
  assert.ok('settings' in loaded);
  return loaded.settings;
}

/** A reloader with an environment and an apply function chosen by the test. */
function openReloader(
  start: Readonly<Record<string, string>> = { ANT_WATCHER_WEBHOOK_SECRET: 'secret-one' },
  logger = SILENT,
) {
  const state = { env: start, nowMs: 1000, reads: 0 };
  const applied: Settings[] = [];
  let apply = async (): Promise<void> => {};
  const reloader = new Reloader({
    settings: settingsOf(start),
    read() {
      state.reads += 1;
      return read(state.env);
    },
    clock: () => state.nowMs,
    logger,
  });
  reloader.start(async (settings) => {
    await apply();
    applied.push(settings);
  });
  const readings = () => reloader.readings().map(({ value }) => value);
  return {
    ...{ reloader, state, applied, readings },
    applyBy(by: () => Promise<void>) {
      apply = by;
    },
  };
}

test('requests during a reload share one more reload, which reads the file afterwards', async () => {
  const { reloader, state, applied, applyBy } = openReloader();
  const gate = Promise.withResolvers<void>();
  applyBy(() => gate.promise);
  const first = reloader.reload();
  const others = [reloader.reload(), reloader.reload(), reloader.reload()];
  state.env = { ...state.env, ANT_WATCHER_METRICS_MAX_SERIES: '7' };
  gate.resolve();
  assert.deepEqual(await first, { kind: 'applied', applied: [], needsRestart: [] });
  for (const outcome of await Promise.all(others))
    assert.deepEqual(outcome, { kind: 'applied', applied: ['metrics.max_series'], needsRestart: [] });
  assert.equal(state.reads, 2);
  assert.deepEqual(
    applied.map(({ metrics }) => metrics.maxSeries),
    [20_000, 7],
  );
});

test('after a failed apply, the next reload compares with the active settings', async () => {
  const { reloader, state, readings, applyBy } = openReloader();
  assert.deepEqual(readings(), [1, 1]);
  state.env = { ...state.env, ANT_WATCHER_METRICS_MAX_SERIES: '7' };
  state.nowMs = 5000;
  applyBy(async () => {
    throw new AntError('config_invalid', 'it does not go together', { hint: 'change it' });
  });
  assert.deepEqual(await reloader.reload(), {
    kind: 'refused',
    problems: [{ where: 'the settings together', what: 'it does not go together', hint: 'change it' }],
  });
  assert.deepEqual(readings(), [0, 1]);
  applyBy(async () => {
    throw new AntError('store_unavailable', 'the disk is full');
  });
  assert.deepEqual(await reloader.reload(), { kind: 'unavailable', reason: 'the disk is full' });
  applyBy(async () => {});
  const outcome = await reloader.reload();
  assert.deepEqual(outcome, { kind: 'applied', applied: ['metrics.max_series'], needsRestart: [] });
  assert.deepEqual(readings(), [1, 5]);
});

test('new settings that only work together with a pending restart are refused', async () => {
  const { reloader, state, applied } = openReloader(POLLING);
  state.env = { ANT_WATCHER_WEBHOOK_SECRET: 'secret-one' };
  const outcome = await reloader.reload();
  assert.equal(outcome.kind, 'refused');
  assert.match(JSON.stringify(outcome), /webhook\.secret.*restart the service/);
  assert.deepEqual(applied, []);
});

test('a bug while settings are applied ends the service, and the client gets the error', async () => {
  const { reloader, applyBy } = openReloader();
  applyBy(async () => {
    throw new TypeError('a bug');
  });
  await assert.rejects(reloader.reload(), TypeError);
  await assert.rejects(reloader.failed, TypeError);
});

for (const isFollowed of [false, true]) {
  test(`on close it waits for the reload under way${isFollowed ? ', and the next one does not begin' : ''}`, async () => {
    const { reloader, applyBy, applied, state } = openReloader();
    const gate = Promise.withResolvers<void>();
    applyBy(() => gate.promise);
    const asked = [reloader.reload(), ...(isFollowed ? [reloader.reload()] : [])];
    let isClosed = false;
    const closed = reloader.close().then(() => {
      isClosed = true;
    });
    await nextTurn();
    assert.equal(isClosed, false);
    gate.resolve();
    await closed;
    assert.equal(applied.length, 1);
    const [first, ...late] = await Promise.all([...asked, reloader.reload()]);
    assert.equal(first?.kind, 'applied');
    for (const { kind } of late) assert.equal(kind, 'unavailable');
    assert.equal(state.reads, 1);
  });
}

test('the log names every changed setting, also those listed after a secret', async () => {
  const { logger, lines } = recordingLogger();
  const { reloader, state } = openReloader(undefined, logger);
  state.env = {
    ANT_WATCHER_WEBHOOK_SECRET: 'secret-two',
    ANT_WATCHER_API_TOKENS: 'token-three',
    ANT_WATCHER_API_PORT: '1',
  };
  await reloader.reload();
  assert.deepEqual(
    lines.map(({ level: _, ...line }) => safeFields(line)),
    [
      { message: 'Configuration reloaded', applied: 'webhook.secret, api.tokens' },
      { message: 'Restart needed for some configuration changes', settings: 'api.port' },
    ],
  );
});
