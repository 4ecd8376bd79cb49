import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPostgres } from '../postgres.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';

/* A replica that starts while its database server is away, as in a fail-over. */

test('it waits for the server, and starts when that is back; asked to stop meanwhile, it stops', async () => {
  await using database = await startPostgres();
  const storage = await database.createDatabase();
  await database.stop('fast');
  using stopped = serve(storage);
  using waiting = serve(storage);
  for (const each of [stopped, waiting]) {
    const { level, waitMs } = await each.logged('Database server unavailable; starting later');
    assert.deepEqual({ level, waitMs }, { level: 'warn', waitMs: 1000 });
  }
  stopped.signal('SIGTERM');
  assert.equal((await stopped.ended()).code, 0, stopped.output());

  await database.start();
  await waiting.logged('Ready');
  waiting.signal('SIGTERM');
  assert.equal((await waiting.ended()).code, 0, waiting.output());
});

function serve(storage: string) {
  const env = {
    ANT_WATCHER_WEBHOOK_SECRET: "It's a Secret to Everybody",
    ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
    ANT_WATCHER_WEBHOOK_PORT: '0',
    ANT_WATCHER_API_PORT: '0',
    ANT_WATCHER_STORAGE_URL: storage,
  };
  return startAntWatcher(['serve'], { env });
}
