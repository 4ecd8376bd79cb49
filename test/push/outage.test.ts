import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { EVENTS } from '../../src/domain/catalogue.ts';
import type { EventSample } from '../../src/domain/event-sample.ts';
import { unpackSamples } from '../../src/store/packed-sample.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import type { ExpectedSample } from './expected-samples.ts';
import {
  drained,
  expectNoneRejected,
  pushingTo,
  sendLetters,
  startReceivers,
  until,
  urlsOf,
  waiting,
} from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * Receivers that are down for long: what waits for them, and what is given up.
 */

test('receivers that are down for most of a world, across a restart, catch up with it exactly', async () => {
  const { letters, expected } = sentWorld('outage', 40);
  const [third, half] = [Math.floor(letters.length / 3), Math.floor(letters.length / 2)];
  await using receivers = await startReceivers();
  await using service = await startService({ env: pushingTo(urlsOf(receivers)) });
  await sendLetters(service, letters.slice(0, third));
  await drained(service);

  await receivers.stop();
  await sendLetters(service, letters.slice(third, half));
  const { code, log } = await service.stop();
  assert.equal(code, 0, log);
  await service.start();
  await sendLetters(service, letters.slice(half));
  await service.settled();
  assert.ok((await waiting(service)) > expected.length / 2, 'most of it waits');

  await receivers.start();
  await drained(service);
  await expectNoneRejected(service);
  await receivers.expect(expected);
});

test('samples that wait too long or take too much room are given up, oldest first, counted and logged; the rest arrives', async () => {
  const { letters } = sentWorld('too much', 12);
  await using receivers = await startReceivers();
  const limits = { ANT_WATCHER_PUSH_MAX_AGE: '10m', ANT_WATCHER_PUSH_MAX_SIZE: '1MiB' };
  await using service = await startService({ env: pushingTo(urlsOf(receivers), limits) });
  await receivers.stop();
  await sendLetters(service, letters);
  await service.settled();
  await service.stop();
  const { places, samples } = outboxOf(service);
  const [young, fitting] = [places[Math.floor(places.length / 3)], places.at(-3)];
  assert.ok(young !== undefined && fitting !== undefined);
  const given = async (outcome: string) => {
    const metrics = await service.metrics();
    return ['vm', 'prom'].map((sink) => sumOf(metrics, 'ant_watcher_samples_total', { sink, outcome }));
  };
  const dropped = async (outcome: string, count: number) => {
    await service.start();
    await until('too little is given up', async () => ((await given(outcome))[0] ?? 0) >= count);
    const { log } = await service.stop();
    assert.match(log, new RegExp(`"count":${2 * count},.*Samples dropped`));
  };

  // As if the first third had been stored long ago. Deletion by age needs a time that something has proven.
  editOutbox(service, `UPDATE outbox SET written_at_ms = written_at_ms - 660000 WHERE first_seq < ${young}`);
  editOutbox(service, `INSERT OR REPLACE INTO marks VALUES ('clock/proven', ${Date.now()})`);
  await dropped('expired', young - 1);
  // As if the samples were so large that only three rows of them fit.
  editOutbox(service, 'UPDATE outbox SET bytes = 300000');
  await dropped('overflow', fitting - young);

  await receivers.start();
  await service.start();
  await drained(service);
  await receivers.expect(samples.slice(fitting - 1));
  assert.deepEqual(await given('expired'), [young - 1, young - 1]);
  assert.deepEqual(await given('overflow'), [fitting - young, fitting - young]);
});

/** All samples as they wait, in order, and the indexes where the rows that hold them begin. */
function outboxOf(service: Service): { readonly places: number[]; readonly samples: ExpectedSample[] } {
  using database = openDatabase(service);
  const rows = database.prepare('SELECT first_seq, samples FROM outbox ORDER BY first_seq').all();
  assert.ok(rows.length > 10, 'many rows');
  return {
    places: rows.map((row) => Number(row['first_seq'])),
    samples: rows.flatMap((row) => unpackSamples(String(row['samples'])).map(expectedOf)),
  };
}

function expectedOf({ metric, labels: values, value, atMs }: EventSample): ExpectedSample {
  const names = Object.values(EVENTS).find(({ name }) => name === metric)?.labels ?? assert.fail(metric);
  const pairs = names.map((name, index) => [name, values[index] ?? ''] as const);
  const labels = Object.fromEntries(pairs.filter(([, text]) => text !== ''));
  return { labels: { ...labels, __name__: metric }, value, timesMs: [atMs] };
}

function editOutbox(service: Service, sql: string): void {
  using database = openDatabase(service);
  database.exec(sql);
}

function openDatabase(service: Service): DatabaseSync & Disposable {
  const database = new DatabaseSync(`${service.folder}/ant-watcher.db`);
  return Object.assign(database, { [Symbol.dispose]: () => database.close() });
}
