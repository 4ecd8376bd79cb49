import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LEADS } from '../../test/fixtures/lead.ts';
import { SILENT } from '../../test/fixtures/logger.ts';
import { NO_OTLP } from '../../test/fixtures/otlp-options.ts';
import { timeOf } from '../../test/fixtures/time.ts';
import { AntError } from '../domain/errors.ts';
import { DURATION_BUCKETS_MS } from '../domain/metric.ts';
import type { SinkNames } from '../domain/outbox-contract.ts';
import { NO_CHANGES, NO_DELIVERIES, NO_KEYS, type StoredSeries } from '../domain/transaction.ts';
import { collectGarbage } from '../memory/process-memory.ts';
import { DIRECT } from '../outbound/network.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { ActiveConfig, type ActiveConfigParts } from './active-config.ts';
import { Ledger } from './ledger.ts';
import type { EngineValues } from './rules.ts';

const RIGHT = {
  name: 'right',
  url: 'http://127.0.0.1:9',
  protocol: 'victoriametrics',
  basicAuth: null,
  bearerToken: null,
  headers: {},
  network: DIRECT,
} as const;
const WRONG = { ...RIGHT, name: 'wrong', url: 'http://127.0.0.1:9/api/v1/write' };

function valuesWith({
  sinks,
  maxSeries = 100,
}: {
  sinks: EngineValues['push']['sinks'];
  maxSeries?: number;
}) {
  const values: EngineValues = {
    retentionMs: null,
    stepsRetentionMs: null,
    metrics: {
      durationBucketsMs: DURATION_BUCKETS_MS,
      stepDurations: false,
      failedSteps: false,
      labelPolicy: new Map(),
      labelPatterns: new Map(),
      branchGroups: [],
      branchBases: false,
      repositoryLabels: [],
      maxSeries,
      idleExpiryMs: null,
      createdTimestamps: false,
      exemplars: false,
      compat: { sets: [], branches: [], fullJobNames: false },
    },
    priceRules: [],
    asksReasons: false,
    otlp: NO_OTLP,
    push: {
      sinks,
      extraLabels: [],
      timeoutMs: 1000,
      version: '1.2.3',
      batchSize: 10,
      batchAgeMs: 1000,
      resendWindowMs: 0,
      maxSizeBytes: 1_000_000,
      maxAgeMs: 1_000_000,
      closeGraceMs: 1000,
    },
    ttlMs: 1000,
  };
  return values;
}

/** An active configuration over a store that records calls, and is unavailable when the test says so. */
function openConfig(context: TestContext, values: EngineValues) {
  const opened: string[][] = [];
  const state = { isBroken: false, reads: [] as string[] };
  const ledger = {
    async openSinks({ samples }: SinkNames) {
      if (state.isBroken) throw new AntError('store_unavailable', 'disk full');
      opened.push([...samples]);
      return { samples: 0 };
    },
    async reopen(sinks: SinkNames, restore: (stored: StoredSeries) => void) {
      const dropped = await this.openSinks(sinks);
      restore({ cells: [], numbers: [] });
      return dropped;
    },
    samples: {
      async read(sink: string) {
        state.reads.push(sink);
        return { entries: [], endSeq: 1, isRepeat: false };
      },
      place: async () => ({ nextSeq: 1, takenSeq: 1, safeSeq: 1, process: null }),
      status: async () => [],
    },
    traces: { status: async () => [] },
  };
  const parts = {
    ledger: ledger as unknown as ActiveConfigParts['ledger'],
    meter: { add() {} },
  };
  const config = new ActiveConfig(values, { time: timeOf(Date.now), logger: SILENT, lead: LEADS });
  context.after(() => config.close());
  return { config, opened, state, replace: (next: EngineValues) => config.replace(next, parts) };
}

async function sinksOf(config: ActiveConfig): Promise<string[]> {
  return (await config.push.health()).map(({ sink }) => sink);
}

test('an unusable configuration at the start forgets none of the waiting samples', async (t) => {
  const { opened, replace } = openConfig(t, valuesWith({ sinks: [RIGHT, WRONG] }));
  await assert.rejects(replace(valuesWith({ sinks: [RIGHT, WRONG] })), { code: 'config_invalid' });
  assert.deepEqual(opened, []);
});

test('unusable values change nothing: neither the rules nor the receivers', async (t) => {
  const before = valuesWith({ sinks: [RIGHT] });
  const { config, opened, replace } = openConfig(t, before);
  await replace(before);
  const { rules, push } = config;
  const wrong = valuesWith({ sinks: [WRONG], maxSeries: 7 });
  await assert.rejects(replace(wrong), { code: 'config_invalid' });
  assert.equal(config.rules, rules);
  assert.equal(config.push, push);
  assert.deepEqual(opened, [['right']]);
});

test('while series cannot be read, what waits for a receiver is kept, even if the receiver is removed', async (t) => {
  const sqlite = await openSqliteStore({ url: 'memory:', clock: Date.now });
  const { mock } = t.mock.method(sqlite, 'readSeries');
  const before = valuesWith({ sinks: [RIGHT] });
  const config = new ActiveConfig(before, { time: timeOf(Date.now), logger: SILENT, lead: LEADS });
  const ledger = new Ledger({ store: sqlite, working: null, rules: () => config.rules });
  const replace = (values: EngineValues) => config.replace(values, { ledger, meter: { add() {} } });
  await replace(before);
  t.after(() => config.close().finally(() => sqlite[Symbol.asyncDispose]()));
  const samples = [{ metric: 'job_a', labels: [], value: 1, atMs: 0 }];
  await sqlite.process(NO_DELIVERIES, NO_KEYS, () => ({ ...NO_CHANGES, samples }));
  const waiting = async () =>
    (await sqlite.samples.status()).map(({ sink, waiting: count }) => [sink, count]);
  mock.mockImplementationOnce(() => Promise.reject(new AntError('store_unavailable', 'disk full')));
  const next = valuesWith({ sinks: [{ ...RIGHT, name: 'other' }], maxSeries: 7 });
  await assert.rejects(replace(next), { code: 'store_unavailable' });
  assert.deepEqual(await waiting(), [['right', 1]]);
  await replace(next);
  assert.deepEqual(await waiting(), [['other', 0]]);
});

test('while the store is unavailable nothing changes, and the receivers go on', async (t) => {
  const before = valuesWith({ sinks: [RIGHT] });
  const { config, state, replace } = openConfig(t, before);
  await replace(before);
  const { rules } = config;
  state.isBroken = true;
  const next = valuesWith({ sinks: [{ ...RIGHT, name: 'other' }], maxSeries: 7 });
  await assert.rejects(replace(next), { code: 'store_unavailable' });
  assert.equal(config.rules, rules);
  assert.deepEqual(await sinksOf(config), ['right']);
  // Begun anew: what waits is asked for again.
  assert.deepEqual(state.reads, ['right', 'right']);
  state.isBroken = false;
  await replace(next);
  assert.equal(config.rules.values, next);
  assert.deepEqual(await sinksOf(config), ['other']);
});

test('unchanged receivers and numbers are left alone', async (t) => {
  const before = valuesWith({ sinks: [RIGHT] });
  const { config, replace } = openConfig(t, before);
  await replace(before);
  const { push, rules } = config;
  await replace({ ...valuesWith({ sinks: [{ ...RIGHT }] }), retentionMs: 5 });
  assert.equal(config.push, push);
  assert.equal(config.rules.registry, rules.registry);
  assert.equal(config.rules.values.retentionMs, 5);
});

test('replaced rules and receivers can be garbage-collected', async (t) => {
  const { config, replace } = openConfig(t, valuesWith({ sinks: [RIGHT] }));
  const former: WeakRef<object>[] = [];
  for (let number = 1; number <= 5; number += 1) {
    await replace(
      valuesWith({ sinks: [{ ...RIGHT, url: `http://127.0.0.1:${number}` }], maxSeries: number }),
    );
    former.push(new WeakRef(config.push), new WeakRef(config.rules));
  }
  // Until the next turn, what was looked at in this one is kept.
  await nextTurn();
  collectGarbage();
  const kept = former.filter((each) => each.deref() !== undefined);
  assert.deepEqual(
    kept.map((each) => each.deref()),
    [config.push, config.rules],
  );
});
