import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { engineOptions } from '../../test/fixtures/engine-options.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { startOnSameThread } from './same-thread.ts';

test('that the engine has failed can be asked for later, and is no error that nobody catches', async () => {
  using folder = openTemporaryFolder();
  const storageUrl = `sqlite:${join(folder.path, 'a.db')}`;
  const memory = { workingSetBytes: 1_000_000, storeBytes: null };
  const host = await startOnSameThread(engineOptions({ storageUrl, memory }));
  // As if another process had it (src/store/sqlite/fence.ts).
  await host.engine.writeNote('writer', 'another');
  await assert.rejects(host.engine.writeMark('a', 1), { code: 'store_replaced' });
  // Node.js looks for what nobody catches when all promises are through.
  await nextTurn();
  await assert.rejects(host.failed, { code: 'store_replaced' });
  await host.close().catch(() => undefined);
});
