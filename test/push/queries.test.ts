import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { truthSamplesOf } from '../../simulator/truth-samples.ts';
import { pastWorld } from '../../simulator/world.ts';
import type { Sample } from '../../src/domain/sample.ts';
import { DIRECT } from '../../src/outbound/network.ts';
import type { PushProtocol } from '../../src/push/protocols.ts';
import { openReceiver } from '../../src/push/samples/open-receiver.ts';
import { storedAs } from '../fixtures/stored-as.ts';
import { type DocumentQuery, queriesOf } from './document-queries.ts';
import { type ExpectedSample, readExpected } from './expected-samples.ts';
import { COMPUTED, keyOf, type Result, SampleWorld, toleranceOf } from './query-results.ts';
import { type Receivers, startReceivers } from './receivers.ts';

/*
 * Runs every query of docs/queries.md against real databases that hold a simulated world.
 */

const QUERIES = queriesOf(new URL('../../docs/queries.md', import.meta.url));
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The time of the queries: something happens afterwards as well. */
const END_MS = Date.UTC(2026, 5, 17, 12);
const WORLD = pastWorld({
  seed: 'queries',
  runs: 800,
  inFlight: 0,
  endMs: END_MS + 4 * HOUR_MS,
  spanMs: 9 * DAY_MS,
});

const samples = readExpected(truthSamplesOf(WORLD));
const computed = new SampleWorld(samples, END_MS);

let receivers: Receivers;
before(async () => {
  receivers = await startReceivers();
  await fill(receivers.victoria.url, 'victoriametrics');
  await fill(receivers.prometheus.url, 'remote_write');
});
test.after(() => receivers[Symbol.asyncDispose]());

test('every query has an expected result, and the other way round', () => {
  assert.deepEqual([...new Set(QUERIES.map(({ heading }) => heading))], Object.keys(COMPUTED));
});

for (const each of QUERIES) {
  for (const database of databasesOf(each)) {
    test(`${each.heading}: ${database}`, async () => {
      const wanted = COMPUTED[each.heading] ?? assert.fail('nothing to compare with');
      const expected = wanted.of(computed);
      assert.ok(expected.size > 0, 'the world has no such samples');
      const result = await ask(receivers[database].url, each.query);
      assert.deepEqual([...result.keys()].sort(), [...expected.keys()].sort());
      for (const [key, value] of expected) {
        const share = Math.abs((result.get(key) ?? Number.NaN) - value) / Math.max(Math.abs(value), 1e-9);
        assert.ok(share <= toleranceOf(wanted), `${key}: ${result.get(key)}, not ${value}`);
      }
    });
  }
}

function databasesOf({ language }: DocumentQuery): ('victoria' | 'prometheus')[] {
  return language === 'promql' ? ['victoria', 'prometheus'] : ['victoria'];
}

async function ask(url: string, query: string): Promise<Result> {
  const parameters = new URLSearchParams({ query, time: String(END_MS / 1000), nocache: '1' });
  const response = await fetch(`${url}/api/v1/query?${parameters}`);
  const { error, data } = (await response.json()) as {
    error?: string;
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  assert.equal(error, undefined);
  return new Map(data.result.map(({ metric, value }) => [keyOf(metric), Number(value[1])]));
}

async function fill(url: string, protocol: PushProtocol): Promise<void> {
  const receiver = openReceiver({
    url,
    protocol,
    extraLabels: [],
    headers: {},
    basicAuth: null,
    bearerToken: null,
    network: DIRECT,
    timeoutMs: 30_000,
    version: '0.0.0',
  });
  assert.deepEqual((await receiver.send(samples.map(sampleOf).map(storedAs))).outcome, { kind: 'sent' });
  await receiver.close();
  if (protocol === 'victoriametrics') await fetch(`${url}/internal/force_flush`);
}

function sampleOf({ labels: { __name__: metric = '', ...labels }, value, timesMs }: ExpectedSample): Sample {
  return { metric, labels: Object.entries(labels), value, atMs: timesMs[0] ?? 0 };
}
