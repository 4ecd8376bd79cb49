import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../simulator/random.ts';
import type { Store } from '../src/domain/contracts.ts';
import { SELF } from '../src/domain/own-metrics.ts';
import { spanCount, type TraceEntry } from '../src/domain/trace-entry.ts';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { openPostgresDatabases } from './postgres-databases.ts';
import { cellsOf } from './store-conformance/store-case.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * A process that is killed while it writes into the outbox of traces and settles it loses no entry, and doubles none.
 */

const KILLS = 6;
const WRITER = join(import.meta.dirname, 'traces-writer.ts');
const databases = openPostgresDatabases();

/** The last numbers that a process said it had stored and sent; it is killed some time after its first ones. */
async function killedWriter(url: string, afterMs: number): Promise<{ stored: number; sent: number }> {
  const writer = spawn(process.execPath, [WRITER, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(writer, 'exit');
  let said = '';
  writer.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await Promise.race([once(writer.stdout, 'data'), ended]);
  await sleep(afterMs);
  writer.kill('SIGKILL');
  await ended;
  const last = (what: string) =>
    Math.max(
      0,
      ...Array.from(said.matchAll(new RegExp(`^${what} (\\d+)\n`, 'gm')), ([, number]) => Number(number)),
    );
  return { stored: last('stored'), sent: last('sent') };
}

const numbersOf = (entries: readonly TraceEntry[]) =>
  entries.map((entry) => ('jobId' in entry ? entry.jobId : 0));

async function expectWhole(store: Store, said: { readonly stored: number; readonly sent: number }) {
  const all = (await store.traces.read('b', 1e9)).entries;
  const rest = (await store.traces.read('a', 1e9)).entries;
  assert.deepEqual(
    numbersOf(all),
    all.map((_, index) => index + 1),
  );
  assert.ok(all.length >= said.stored, `${said.stored} were stored, ${all.length} are there`);
  const passed = all.length - rest.length;
  assert.deepEqual(rest, all.slice(passed));
  assert.ok(passed >= said.sent, `${said.sent} were sent, the sink is past ${passed}`);
  const spans = all.slice(0, passed).reduce((sum, entry) => sum + spanCount(entry), 0);
  const sent = (await cellsOf(store)).filter(({ metric }) => metric === SELF.spans.name);
  assert.deepEqual(
    sent.map(({ labels, value }) => [...labels, value]),
    [['a', 'sent', spans]],
  );
}

async function killAndLook(url: string, open: () => Promise<Store>): Promise<void> {
  const random = createRandom(`kill the outbox of traces in ${url.split(':')[0]}`);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const said = await killedWriter(url, random.int(1, 300));
    assert.ok(said.stored > 0);
    const store = await open();
    await expectWhole(store, said);
    await store[Symbol.asyncDispose]();
  }
}

test('sqlite: a process killed while it stores and settles traces loses no entry and doubles none', async () => {
  using folder = openTemporaryFolder();
  const url = `sqlite:${join(folder.path, 'a.db')}`;
  await killAndLook(url, () => openSqliteStore({ url, clock: Date.now }));
});

test('postgres: a process killed while it stores and settles traces loses no entry and doubles none', async () => {
  const url = await databases.create();
  await killAndLook(url, () => openPostgresStore({ url, password: null }));
});
