import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger, Outbox } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { DURATION_BUCKETS_MS } from '../domain/metric-kinds.ts';
import { collectGarbage } from '../memory/collect-garbage.ts';
import { DIRECT } from '../outbound/network.ts';
import { Live } from './live.ts';
import type { EngineValues } from './rules.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };
const RIGHT = {
  name: 'right',
  url: 'http://127.0.0.1:9',
  protocol: 'victoriametrics',
  basicAuth: null,
  bearerToken: null,
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
    metrics: {
      durationBucketsMs: DURATION_BUCKETS_MS,
      stepDurations: false,
      labelPolicy: new Map(),
      labelPatterns: new Map(),
      branchGroups: [],
      maxSeries,
      idleExpiryMs: null,
      createdTimestamps: false,
    },
    priceRules: [],
    push: {
      sinks,
      extraLabels: [],
      headers: {},
      network: DIRECT,
      timeoutMs: 1000,
      version: '1.2.3',
      batchSamples: 10,
      batchAgeMs: 1000,
      maxSizeBytes: 1_000_000,
      maxAgeMs: 1_000_000,
      closeGraceMs: 1000,
    },
    ttlMs: 1000,
  };
  return values;
}

/** What is in force, over an outbox that tells what it was asked and is out of order when told. */
function openLive(context: TestContext, values: EngineValues) {
  const opened: string[][] = [];
  const state = { isBroken: false, reads: [] as string[] };
  const outbox: Partial<Outbox> = {
    async openSinks(sinks, adopt) {
      if (state.isBroken) throw new AntError('store_unavailable', 'out of order');
      opened.push([...sinks]);
      adopt?.({ cells: [], numbers: [] });
      return 0;
    },
    async readSamples(sink) {
      state.reads.push(sink);
      return { samples: [], endSeq: 1 };
    },
    outboxStatus: async () => [],
  };
  const parts = { outbox: outbox as Outbox, meter: { add() {} } };
  const live = new Live(values, { clock: Date.now, logger: SILENT });
  context.after(() => live.close());
  return { live, opened, state, adopt: (next: EngineValues) => live.adopt(next, parts) };
}

async function sinksOf(live: Live): Promise<string[]> {
  return (await live.push.health()).map(({ sink }) => sink);
}

test('a configuration that can not work forgets nothing of what waits', async (t) => {
  const { opened, adopt } = openLive(t, valuesWith({ sinks: [RIGHT, WRONG] }));
  await assert.rejects(adopt(valuesWith({ sinks: [RIGHT, WRONG] })), { code: 'config_invalid' });
  assert.deepEqual(opened, []);
});

test('values that can not work change nothing: neither the rules nor the receivers', async (t) => {
  const before = valuesWith({ sinks: [RIGHT] });
  const { live, opened, adopt } = openLive(t, before);
  await adopt(before);
  const { rules, push } = live;
  const wrong = valuesWith({ sinks: [WRONG], maxSeries: 7 });
  await assert.rejects(adopt(wrong), { code: 'config_invalid' });
  assert.equal(live.rules, rules);
  assert.equal(live.push, push);
  assert.deepEqual(opened, [['right']]);
});

test('with the store out of order nothing changes, and the receivers go on', async (t) => {
  const before = valuesWith({ sinks: [RIGHT] });
  const { live, state, adopt } = openLive(t, before);
  await adopt(before);
  const { rules } = live;
  state.isBroken = true;
  const next = valuesWith({ sinks: [{ ...RIGHT, name: 'other' }], maxSeries: 7 });
  await assert.rejects(adopt(next), { code: 'store_unavailable' });
  assert.equal(live.rules, rules);
  assert.deepEqual(await sinksOf(live), ['right']);
  // Begun anew: what waits is asked for again.
  assert.deepEqual(state.reads, ['right', 'right']);
  state.isBroken = false;
  await adopt(next);
  assert.equal(live.rules.values, next);
  assert.deepEqual(await sinksOf(live), ['other']);
});

test('receivers and numbers that do not change are left alone', async (t) => {
  const before = valuesWith({ sinks: [RIGHT] });
  const { live, adopt } = openLive(t, before);
  await adopt(before);
  const { push, rules } = live;
  await adopt({ ...valuesWith({ sinks: [{ ...RIGHT }] }), retentionMs: 5 });
  assert.equal(live.push, push);
  assert.equal(live.rules.registry, rules.registry);
  assert.equal(live.rules.values.retentionMs, 5);
});

test('what was in force before is let go of', async (t) => {
  const { live, adopt } = openLive(t, valuesWith({ sinks: [RIGHT] }));
  const former: WeakRef<object>[] = [];
  for (let number = 1; number <= 5; number += 1) {
    await adopt(valuesWith({ sinks: [{ ...RIGHT, url: `http://127.0.0.1:${number}` }], maxSeries: number }));
    former.push(new WeakRef(live.push), new WeakRef(live.rules));
  }
  // Until the next turn, what was looked at in this one is kept.
  await nextTurn();
  collectGarbage();
  const kept = former.filter((each) => each.deref() !== undefined);
  assert.deepEqual(
    kept.map((each) => each.deref()),
    [live.push, live.rules],
  );
});
