import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startPostgres } from '../../../test/postgres.ts';
import { createTables, query } from '../../../test/postgres-members.ts';
import { put, samples, settle, waiting } from '../../../test/store-conformance/outbox-cases.ts';
import type { Store } from '../../domain/contracts.ts';
import { openPostgresStore } from './store.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const SELF = { host: 'h', version: '1', configHash: 'c' };

async function database(): Promise<{ readonly url: string; join(sinks: readonly string[]): Promise<Store> }> {
  const url = await server.createDatabase();
  await createTables(url);
  return {
    url,
    async join(sinks) {
      const store = await openPostgresStore({ url, password: null });
      await store.join(SELF);
      await store.openSinks({ samples: sinks });
      return store;
    },
  };
}

async function sinksOf(store: Store): Promise<string[]> {
  return (await store.samples.status()).map(({ sink }) => sink);
}

test('samples of all processes are one list, in the order of their transactions', async () => {
  const { join } = await database();
  await using first = await join(['a']);
  await using second = await join(['a']);
  await put(first, 1, 2);
  await put(second, 3, 3);
  await put(first, 4, 5);
  assert.deepEqual((await second.samples.read('a', 9)).entries, samples(1, 5));
  await settle(first, 'a', 3);
  assert.deepEqual(await waiting(second, 'a'), [4, 5]);
  await settle(second, 'a', 1);
  assert.deepEqual(await waiting(first, 'a'), [5]);
  assert.deepEqual(await first.samples.progress(), { endSeq: 6, settledSeq: 5 });
  const counted = (await second.readSeries()).cells.map(({ labels, value }) => [...labels, value]);
  assert.deepEqual(counted, [['a', 'sent', 4]]);
});

test('a receiver stays while any living process has it; the last start without it removes it', async () => {
  const { join } = await database();
  const older = await join(['old', 'both']);
  await put(older, 1, 3);
  await using newer = await join(['both', 'new']);
  assert.deepEqual(await sinksOf(newer), ['both', 'new', 'old']);
  // One that starts again with the older configuration removes nothing that the newer one has added.
  await older.leave();
  await older[Symbol.asyncDispose]();
  const again = await join(['old', 'both']);
  assert.deepEqual(await sinksOf(again), ['both', 'new', 'old']);
  assert.deepEqual(await waiting(again, 'both'), [1, 2, 3]);
  await again.leave();
  await again[Symbol.asyncDispose]();
  assert.deepEqual(await newer.openSinks({ samples: ['both', 'new'] }), { samples: 3 });
  assert.deepEqual(await sinksOf(newer), ['both', 'new']);
});

test('what waits for a receiver is dropped and told when nobody has it any more', async () => {
  const { url, join } = await database();
  const crashed = await join(['a', 'b']);
  await put(crashed, 1, 3);
  await settle(crashed, 'b', 3);
  await query(url, `UPDATE replicas SET expires_at = clock_timestamp() - INTERVAL '1 s'`);
  await crashed[Symbol.asyncDispose]();
  const next = await openPostgresStore({ url, password: null });
  await next.join(SELF);
  assert.deepEqual(await next.openSinks({ samples: ['b'] }), { samples: 3 });
  assert.deepEqual(
    await query(
      url,
      'SELECT outbox_bytes AS b, (SELECT COUNT(*) FROM outbox) AS n FROM changes ORDER BY seq DESC LIMIT 1',
    ),
    [{ b: '0', n: '0' }],
  );
  await next[Symbol.asyncDispose]();
});

test('one that was taken for dead gets its receivers again, and waits for them meanwhile', async () => {
  const { url, join } = await database();
  await using frozen = await join(['a']);
  await query(url, `UPDATE replicas SET expires_at = clock_timestamp() - INTERVAL '1 s'`);
  await using other = await join(['b']);
  assert.deepEqual(await sinksOf(other), ['b']);
  await assert.rejects(frozen.samples.read('a', 1), { code: 'store_unavailable' });
  await assert.rejects(settle(frozen, 'a', 1), { code: 'store_unavailable' });
  await query(url, 'DELETE FROM replicas WHERE expires_at < clock_timestamp()');
  await frozen.beat();
  await put(other, 1, 1);
  assert.deepEqual([await waiting(frozen, 'a'), await waiting(frozen, 'b')], [[1], [1]]);
});
