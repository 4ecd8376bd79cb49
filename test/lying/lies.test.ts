import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { deliveriesOf, type SimulatedDelivery } from '../../simulator/deliveries.ts';
import { createRandom } from '../../simulator/random.ts';
import { LIE_KINDS, type Lies } from '../../simulator/rest/lies.ts';
import { pastWorld } from '../../simulator/world.ts';
import { END_MS } from '../fixtures/simulated-rest.ts';
import { deliveryOf } from '../pipeline.ts';
import { DISPATCHES, withoutGates } from '../recovery/lossy-github.ts';
import { openStage, type Stage } from '../recovery/recovery-stage.ts';

/*
 * A GitHub whose answers can't be true: whatever it answers, recovery ends, asks a limited number of times,
 * counts nothing that is not true, and finds all once the truth is told. In this process; time passes only
 * while something waits. ANT_WATCHER_TEST_CASES multiplies the number of cases.
 */

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);
const HOUR_MS = 3_600_000;
/** Passes while lies are told. */
const PASSES = 3;
/** The longest lists have a thousand pages, and few of them are read in a pass. */
const MOST_REQUESTS_OF_PASS = 10_000;
const DELIVERED = { status: 202, error: null, tookMs: 5, headers: {}, body: '' };
const AMPLE = { limits: { perHour: 1_000_000, pointsPerMinute: 1_000_000 } };
/** Real time passes until such an answer is given up, or is unpacked. */
const COSTLY: Lies['shares'] = { trickle: 0.02, bomb: 0.1, crowd: 0.2, huge_text: 0.2, deep: 0.2 };

const someLies = fc
  .uniqueArray(fc.constantFrom(...LIE_KINDS), { minLength: 1, maxLength: 5 })
  .chain((kinds) =>
    fc.tuple(
      ...kinds.map((kind) => fc.tuple(fc.constant(kind), fc.constantFrom(0.1, 0.5, COSTLY[kind] ?? 1))),
    ),
  )
  .map((shares) =>
    Object.fromEntries(shares.map(([kind, share]) => [kind, Math.min(share, COSTLY[kind] ?? 1)])),
  );

interface Case {
  readonly seed: string;
  readonly lies: Lies['shares'];
  /** Whether there is a delivery log; otherwise there are only lists of runs. */
  readonly hasLog: boolean;
}

/** Cases that failed once. In the first, an App is said to be installed nowhere. */
const FOUND: readonly Case[] = [
  { seed: 'lies-2', lies: { many_attempts: 0.1, wrong_shape: 0.5, other_list: 1 }, hasLog: false },
];

/** Webhooks arrive or are lost before, while and after the lies are told. */
async function withstand({ seed, lies, hasLog }: Case): Promise<void> {
  const world = withoutGates(
    pastWorld({ seed, runs: 12, inFlight: 0.1, endMs: END_MS, spanMs: 6 * HOUR_MS }),
  );
  await using stage = await openStage(world, { ...AMPLE, hooks: hasLog ? ['app'] : [] });
  const all = [...deliveriesOf(world)];
  const part = Math.ceil(all.length / (PASSES + 1));
  const random = createRandom(seed);
  const arrive = (number: number) =>
    arriveOrNot(stage, all.slice(number * part, (number + 1) * part), () => random.chance(0.4));
  await arrive(0);
  Object.assign(stage.github.lies, { shares: lies });
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const before = stage.github.requests.total();
    await stage.pass();
    const requests = stage.github.requests.total() - before;
    assert.ok(requests <= MOST_REQUESTS_OF_PASS, `${requests} requests in a pass`);
    await arrive(pass);
  }
  stage.github.lies.shares = {};
  const { faults } = await stage.recover(hasLog ? undefined : DISPATCHES);
  assert.deepEqual(faults, []);
}

async function arriveOrNot(
  { github, pipeline, time }: Stage,
  deliveries: readonly SimulatedDelivery[],
  isLost: () => boolean,
): Promise<void> {
  for (const delivery of deliveries) {
    const { guid, event, atMs } = delivery;
    if (isLost()) {
      github.log.recordLost(delivery, time.nowMs);
      continue;
    }
    github.log.record(delivery, DELIVERED, time.nowMs);
    await pipeline.accept([deliveryOf({ guid, event, body: delivery.body() }, atMs)]);
  }
}

for (const hasLog of [true, false])
  for (const kind of LIE_KINDS)
    test(`while GitHub lies nothing is counted wrongly, and afterwards nothing is missing: ${kind}, from ${hasLog ? 'the log' : 'lists'}`, () =>
      withstand({ seed: `lie-${kind}`, lies: { [kind]: COSTLY[kind] ?? 1 }, hasLog }));

test('while GitHub tells any lies together nothing is counted wrongly, and afterwards nothing is missing', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ seed: fc.nat(1000).map((n) => `lies-${n}`), lies: someLies, hasLog: fc.boolean() }),
      withstand,
    ),
    { numRuns: Math.ceil(10 * CASES), examples: FOUND.map((each) => [each]) },
  ));

test('no token is sent to where links and redirects lead', async () => {
  const asked: IncomingHttpHeaders[] = [];
  const outside = createServer(({ headers }, response) => {
    asked.push(headers);
    response.end('[]');
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  try {
    const address = outside.address();
    assert.ok(typeof address === 'object' && address !== null);
    for (const kind of ['other_host', 'redirect_away'] as const) {
      const world = pastWorld({ seed: 'away', runs: 5, inFlight: 0, endMs: END_MS, spanMs: 6 * HOUR_MS });
      await using stage = await openStage(world, AMPLE);
      Object.assign(stage.github.lies, {
        shares: { [kind]: 1 },
        elsewhere: `http://127.0.0.1:${address.port}`,
      });
      await stage.pass();
      assert.ok(stage.github.requests.total() > 0);
    }
    assert.deepEqual(asked, []);
  } finally {
    outside.closeAllConnections();
    outside.close();
  }
});
