import { engineOptions } from '../src/app/engine-options.ts';
import { loadSettings } from '../src/config/load-settings.ts';
import type { Clock } from '../src/domain/contracts.ts';
import { type RunningEngine, startEngine } from '../src/engine/engine.ts';
import { SharedLease } from '../src/timing/shared-lease.ts';
import { SharedMoment } from '../src/timing/shared-moment.ts';
import { SILENT } from '../test/fixtures/logger.ts';
import { timeOf } from '../test/fixtures/time.ts';

/** The engine alone, in this process, on that database. `settings`: by the names of their variables. */
export function startBenchEngine(
  url: string,
  settings: Readonly<Record<string, string>> = {},
  clock: Clock = Date.now,
): Promise<RunningEngine> {
  const env = { ANT_WATCHER_STORAGE_URL: url, ...settings };
  const loaded = loadSettings({ flags: [], env, cwd: '/nonexistent', forServing: false });
  if (!('settings' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return startEngine({
    ...engineOptions(loaded.settings, { version: '0', limitBytes: 1024 ** 3 }),
    time: timeOf(clock),
    changed: new SharedMoment(),
    lead: new SharedLease(),
    logger: SILENT,
  });
}
