import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startPostgres } from '../../../test/postgres.ts';
import { createTables, query } from '../../../test/postgres-members.ts';
import {
  TESTED_SAMPLES,
  TESTED_TRACES,
  type TestedOutbox,
} from '../../../test/store-conformance/tested-outbox.ts';
import type { Store } from '../../domain/contracts.ts';
import { openPostgresStore } from './store.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const SELF = { host: 'h', version: '1', configHash: 'c' };

async function database({ open }: TestedOutbox) {
  const url = await server.createDatabase();
  await createTables(url);
  return {
    url,
    async join(sinks: readonly string[]): Promise<Store> {
      const store = await openPostgresStore({ url, password: null });
      await store.join(SELF);
      await open(store, sinks);
      return store;
    },
  };
}

async function sinksOf({ of }: TestedOutbox, store: Store): Promise<string[]> {
  return (await of(store).status()).map(({ sink }) => sink);
}

/** A test of each outbox. */
function testBoth(title: string, body: (outbox: TestedOutbox) => Promise<void>): void {
  for (const outbox of [TESTED_SAMPLES, TESTED_TRACES]) test(`${outbox.name}: ${title}`, () => body(outbox));
}

testBoth('what all processes store is one list, in the order of their transactions', async (outbox) => {
  const { put, settle, waiting } = outbox;
  const { join } = await database(outbox);
  await using first = await join(['a']);
  await using second = await join(['a']);
  await put(first, 1, 2);
  await put(second, 3, 3);
  await put(first, 4, 5);
  assert.deepEqual((await outbox.of(second).read('a', 9)).entries, outbox.entries(1, 5));
  await settle(first, 'a', 3);
  assert.deepEqual(await waiting(second, 'a'), [4, 5]);
  await settle(second, 'a', 1);
  assert.deepEqual(await waiting(first, 'a'), [5]);
  assert.deepEqual(await outbox.of(first).progress(), { endSeq: 6, settledSeq: 5 });
  const counted = (await second.readSeries()).cells.map(({ labels, value }) => [...labels, value]);
  assert.deepEqual(counted, [['a', 'sent', 4]]);
});

testBoth(
  'a receiver stays while any living process has it; the last start without it removes it',
  async (outbox) => {
    const { put, waiting } = outbox;
    const { join } = await database(outbox);
    const older = await join(['old', 'both']);
    await put(older, 1, 3);
    await using newer = await join(['both', 'new']);
    assert.deepEqual(await sinksOf(outbox, newer), ['both', 'new', 'old']);
    // One that starts again with the older configuration removes nothing that the newer one has added.
    await older.leave();
    await older[Symbol.asyncDispose]();
    const again = await join(['old', 'both']);
    assert.deepEqual(await sinksOf(outbox, again), ['both', 'new', 'old']);
    assert.deepEqual(await waiting(again, 'both'), [1, 2, 3]);
    await again.leave();
    await again[Symbol.asyncDispose]();
    assert.equal(await outbox.open(newer, ['both', 'new']), 3);
    assert.deepEqual(await sinksOf(outbox, newer), ['both', 'new']);
  },
);

testBoth('what waits for a receiver is dropped and told when nobody has it any more', async (outbox) => {
  const { put, settle } = outbox;
  const { url, join } = await database(outbox);
  const crashed = await join(['a', 'b']);
  await put(crashed, 1, 3);
  await settle(crashed, 'b', 3);
  await query(url, `UPDATE replicas SET expires_at = clock_timestamp() - INTERVAL '1 s'`);
  await crashed[Symbol.asyncDispose]();
  const next = await openPostgresStore({ url, password: null });
  await next.join(SELF);
  assert.equal(await outbox.open(next, ['b']), 3);
  assert.deepEqual(
    await query(
      url,
      `SELECT outbox_bytes + trace_outbox_bytes AS b, (SELECT COUNT(*) FROM outbox) + (SELECT COUNT(*) FROM trace_outbox) AS n
       FROM changes ORDER BY seq DESC LIMIT 1`,
    ),
    [{ b: '0', n: '0' }],
  );
  await next[Symbol.asyncDispose]();
});

testBoth(
  'one that was taken for dead gets its receivers again, and waits for them meanwhile',
  async (outbox) => {
    const { put, settle, waiting } = outbox;
    const { url, join } = await database(outbox);
    await using frozen = await join(['a']);
    await query(url, `UPDATE replicas SET expires_at = clock_timestamp() - INTERVAL '1 s'`);
    await using other = await join(['b']);
    assert.deepEqual(await sinksOf(outbox, other), ['b']);
    await assert.rejects(outbox.of(frozen).read('a', 1), { code: 'store_unavailable' });
    await assert.rejects(settle(frozen, 'a', 1), { code: 'store_unavailable' });
    await query(url, 'DELETE FROM replicas WHERE expires_at < clock_timestamp()');
    await frozen.beat();
    await put(other, 1, 1);
    assert.deepEqual([await waiting(frozen, 'a'), await waiting(frozen, 'b')], [[1], [1]]);
  },
);
