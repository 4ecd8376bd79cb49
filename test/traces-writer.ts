import { writeSync } from 'node:fs';
import type { Store } from '../src/domain/contracts.ts';
import { SPAN_METRICS, settledCounts } from '../src/domain/outbox-counts.ts';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { jobEntry } from './fixtures/trace-entries.ts';
import { commit } from './store-conformance/store-case.ts';

/*
 * `node test/traces-writer.ts URL`, to be killed at any moment: adds entries to the outbox of traces, numbered by their
 * jobs, and settles them for the sink `a`; for `b` they stay. Says `stored N` and `sent N` once either is done.
 */

const [url = ''] = process.argv.slice(2);
const READ_SPANS = 25;

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function open(): Promise<Store> {
  if (!url.startsWith('postgres')) return openSqliteStore({ url, clock: Date.now });
  const store = await openPostgresStore({ url, password: null });
  await store.join({ host: 'h', version: '1', configHash: 'c' });
  return store;
}

async function sendNext({ traces }: Store): Promise<void> {
  const { entries, endSeq } = await traces.read('a', READ_SPANS);
  const last = entries.at(-1);
  if (last === undefined) return;
  const settlement = { sink: 'a', endSeq, outcome: 'sent', dead: [], isKept: false } as const;
  await traces.settle(settlement, (settled) => settledCounts(SPAN_METRICS, settlement, settled));
  say(`sent ${'jobId' in last ? last.jobId : 0}`);
}

const store = await open();
await store.openSinks({ samples: [], traces: ['a', 'b'] });
const stored = await store.traces.read('b', Number.MAX_SAFE_INTEGER);
for (let number = stored.entries.length + 1; ; number += 3) {
  const entries = [0, 1, 2].map((index) => jobEntry((number + index) % 7, { jobId: number + index }));
  await commit(store, { traceEntries: entries });
  say(`stored ${number + 2}`);
  await sendNext(store);
}
