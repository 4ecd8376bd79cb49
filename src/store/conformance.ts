import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DOMAIN, SELF } from '../domain/catalogue.ts';
import type { Changes, Store } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';
import { countOf, type Increment } from '../domain/metric.ts';

/** A database under test: it can be opened again after it was closed, with what it held. */
export interface TestDatabase extends AsyncDisposable {
  open(options: {
    readonly clock: () => number;
    readonly stored: (increments: readonly Increment[]) => void;
  }): Store;
}

const NOW = Date.UTC(2026, 10, 23, 12);
const NO_CHANGES: Changes = { jobs: [], runs: [], increments: [], processed: [], failed: [] };

function delivery(guid: string, over: Partial<Delivery> = {}): Delivery {
  return {
    guid,
    event: 'workflow_job',
    action: 'queued',
    source: 'webhook',
    receivedAtMs: NOW,
    payload: '{}',
    ...over,
  };
}

function job(over: Partial<JobState> = {}): JobState {
  return {
    jobId: 100_520_616_165,
    runId: 2 ** 40,
    runAttempt: 1,
    repository: 'o/r',
    workflow: 'CI "quoted" \u{1F41C}',
    name: 'build',
    status: 'queued',
    conclusion: null,
    createdAtMs: NOW - 1000,
    startedAtMs: null,
    completedAtMs: null,
    runsOn: ['a', 'b'],
    runnerId: null,
    runnerName: null,
    runnerGroup: null,
    headBranch: 'main',
    headSha: 'abc',
    firstSeenAtMs: NOW - 1000,
    statusAtMs: NOW - 1000,
    waitedAtMs: null,
    queueCounted: false,
    completionCounted: true,
    ...over,
  };
}

function run(over: Partial<RunState> = {}): RunState {
  return {
    runId: 2 ** 40,
    runAttempt: 1,
    runNumber: 7,
    repository: 'o/r',
    workflow: 'CI',
    status: 'in_progress',
    conclusion: null,
    event: 'push',
    branch: 'default',
    headBranch: null,
    headSha: null,
    createdAtMs: NOW - 2000,
    runStartedAtMs: NOW - 2000,
    updatedAtMs: NOW,
    firstSeenAtMs: NOW,
    statusAtMs: NOW,
    completionCounted: false,
    ...over,
  };
}

/** The promises of `Store`, as tests that every implementation has to pass. */
export function testStore(name: string, openDatabase: () => TestDatabase): void {
  function check(
    behaviour: string,
    body: (open: (clock?: () => number) => Store, stored: Increment[]) => Promise<void>,
  ) {
    test(`${name}: ${behaviour}`, async () => {
      await using database = openDatabase();
      const stored: Increment[] = [];
      await body(
        (clock = () => NOW) => database.open({ clock, stored: (increments) => stored.push(...increments) }),
        stored,
      );
    });
  }

  check('accepts a delivery once and knows it again, after a restart too', async (open, stored) => {
    const twice = [delivery('a'), delivery('b'), delivery('a')];
    await using first = open();
    assert.deepEqual(await first.accept(twice), ['accepted', 'accepted', 'duplicate']);
    await first[Symbol.asyncDispose]();
    await using second = open();
    assert.deepEqual(await second.accept([delivery('b')]), ['duplicate']);
    assert.equal((await second.queueStatus()).pending, 2);
    const accepted = stored
      .filter(({ labels }) => labels[2] === 'accepted')
      .reduce((sum, { delta }) => sum + delta, 0);
    assert.equal(accepted, 2);
    const cells = (await second.readCells()).filter(({ metric }) => metric === SELF.deliveries.name);
    assert.deepEqual(cells.map(({ labels, value }) => [labels[2], value]).sort(), [
      ['accepted', 2],
      ['duplicate', 2],
    ]);
  });

  check('takes ids that are UUIDs and ids that are not for what they are', async (open) => {
    await using store = open();
    const ids = [
      '4854ec10-8e69-11ef-8dcb-f963cd3ecfcc',
      '4854ec10-8e69-11ef-8dcb-f963cd3ecfcd',
      'x',
      '#',
      '\u00e4',
    ];
    assert.ok((await store.accept(ids.map((id) => delivery(id)))).every((outcome) => outcome === 'accepted'));
    assert.ok(
      (await store.accept(ids.map((id) => delivery(id)))).every((outcome) => outcome === 'duplicate'),
    );
  });

  check('hands out what was accepted, oldest first, to one taker at a time', async (open) => {
    let now = NOW;
    await using store = open(() => now);
    await store.accept(['a', 'b', 'c'].map((guid) => delivery(guid, { payload: `{"id":"${guid}"}` })));
    const first = await store.lease(2, 1000);
    assert.deepEqual(
      first.map(({ guid, payload, attempts }) => [guid, payload, attempts]),
      [
        ['a', '{"id":"a"}', 0],
        ['b', '{"id":"b"}', 0],
      ],
    );
    assert.deepEqual(
      (await store.lease(9, 1000)).map(({ guid }) => guid),
      ['c'],
    );
    assert.deepEqual(await store.lease(9, 1000), []);
    await store.commit({ ...NO_CHANGES, processed: [first[0]?.id ?? 0] });
    now += 1000;
    assert.deepEqual(
      (await store.lease(9, 1000)).map(({ guid }) => guid),
      ['b', 'c'],
      'leases run out',
    );
  });

  check('hands out again after a restart what was leased and not committed', async (open) => {
    await using first = open();
    await first.accept([delivery('a'), delivery('b')]);
    const [a] = await first.lease(9, 60_000);
    await first.commit({ ...NO_CHANGES, processed: [a?.id ?? 0] });
    await first[Symbol.asyncDispose]();
    await using second = open();
    assert.deepEqual(
      (await second.lease(9, 60_000)).map(({ guid }) => guid),
      ['b'],
    );
  });

  check(
    'keeps failed deliveries until they are due, parks them, and hands them out again on request',
    async (open) => {
      let now = NOW;
      await using store = open(() => now);
      await store.accept([delivery('a'), delivery('b')]);
      const [a, b] = await store.lease(9, 60_000);
      const ids = { a: a?.id ?? 0, b: b?.id ?? 0 };
      await store.commit({
        ...NO_CHANGES,
        failed: [{ id: ids.a, error: 'why', retryAtMs: NOW + 500 }],
        processed: [ids.b],
      });
      assert.deepEqual(await store.lease(9, 60_000), []);
      assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 1, parked: 0, oldestMs: NOW });
      now = NOW + 500;
      const [again] = await store.lease(9, 60_000);
      assert.deepEqual([again?.guid, again?.attempts, again?.id], ['a', 1, ids.a]);
      await store.commit({ ...NO_CHANGES, failed: [{ id: ids.a, error: 'still' }] });
      assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 0, parked: 1, oldestMs: null });
      const [parked] = await store.parkedDeliveries(5);
      assert.deepEqual(
        [parked?.guid, parked?.attempts, parked?.error, parked?.parkedAtMs],
        ['a', 2, 'still', now],
      );
      assert.equal(await store.replayParked('other'), 0);
      assert.equal(await store.replayParked(), 1);
      const [replayed] = await store.lease(9, 60_000);
      assert.deepEqual([replayed?.guid, replayed?.attempts], ['a', 0]);
      await store.commit({ ...NO_CHANGES, processed: [ids.a] });
      assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 0, parked: 0, oldestMs: null });
    },
  );

  check('gives back states as they were written', async (open) => {
    await using store = open();
    const sibling = job({
      jobId: 7,
      runAttempt: 2,
      waitedAtMs: NOW,
      startedAtMs: NOW,
      runnerId: 0,
      runnerName: 'r',
    });
    await store.commit({
      ...NO_CHANGES,
      jobs: [job({ status: 'waiting' }), sibling],
      runs: [run(), run({ runAttempt: 2 })],
    });
    await store.commit({ ...NO_CHANGES, jobs: [job()] });
    const { jobs, runs } = await store.load({
      jobs: [{ jobId: job().jobId, runId: job().runId, name: 'build' }],
      runs: [
        { runId: 2 ** 40, runAttempt: 2 },
        { runId: 5, runAttempt: 1 },
      ],
    });
    assert.deepEqual(
      jobs.map((each) => ({ ...each })).sort((a, b) => b.jobId - a.jobId),
      [job(), sibling],
    );
    assert.deepEqual(
      runs.map((each) => ({ ...each })),
      [run({ runAttempt: 2 })],
    );
    const renamed = await store.load({ jobs: [{ jobId: 7, runId: 1, name: 'other' }], runs: [] });
    assert.equal(renamed.jobs.length, 1, 'a job is found by its id whatever its name is now');
  });

  check('adds up increments exactly, whatever brings them', async (open, stored) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('x', 'y', 'a\0b'), fc.integer({ min: 1, max: 2 ** 40 }))),
        async (adds) => {
          await using store = open();
          const before = await sumsOf(store);
          for (const [repository, delta] of adds) {
            await store.addIncrements([countOf(DOMAIN.dispatches, [repository, 'w'], delta)]);
          }
          const after = await sumsOf(store);
          for (const repository of ['x', 'y', 'a\0b']) {
            const added = adds
              .filter(([name]) => name === repository)
              .reduce((sum, [, delta]) => sum + delta, 0);
            assert.equal((after.get(repository) ?? 0) - (before.get(repository) ?? 0), added);
          }
        },
      ),
      { numRuns: 20 },
    );
    assert.ok(stored.length > 0);
  });

  check('writes all of a change or nothing, and passes on only what is stored', async (open, stored) => {
    await using store = open();
    await store.accept([delivery('a')]);
    const [a] = await store.lease(9, 60_000);
    stored.length = 0;
    const broken = { ...job({ jobId: 9 }), repository: null } as unknown as JobState;
    const changes = {
      ...NO_CHANGES,
      jobs: [job(), broken],
      increments: [countOf(DOMAIN.dispatches, ['o/r', 'w'])],
      processed: [a?.id ?? 0],
    };
    await assert.rejects(store.commit(changes));
    assert.deepEqual(stored, []);
    assert.equal((await store.queueStatus()).pending, 1);
    assert.equal(
      (await store.load({ jobs: [{ jobId: job().jobId, runId: 0, name: '' }], runs: [] })).jobs.length,
      0,
    );
    await store.commit({ ...changes, jobs: [job()] });
    assert.equal((await sumsOf(store)).get('o/r'), 1);
  });

  check('counts what is in flight from the state, ghosts apart', async (open) => {
    await using store = open();
    const day = 24 * 3_600_000;
    const old = { createdAtMs: NOW - 40 * day };
    await store.commit({
      ...NO_CHANGES,
      jobs: [
        job({ jobId: 1 }),
        job({ jobId: 2, createdAtMs: NOW - 9000, runsOn: ['a,b'] }),
        job({ jobId: 3, status: 'in_progress', startedAtMs: NOW - 34 * day, ...old }),
        job({ jobId: 4, status: 'completed' }),
        job({ jobId: 5, createdAtMs: NOW - day - 1 }),
        job({ jobId: 6, status: 'in_progress', startedAtMs: NOW - 35 * day - 1, ...old }),
        job({
          jobId: 7,
          createdAtMs: NOW - 3 * day,
          waitedAtMs: NOW - 9000,
          statusAtMs: NOW - 10,
          runsOn: [],
        }),
        job({ jobId: 8, createdAtMs: null, firstSeenAtMs: NOW - 2 * day }),
      ],
      runs: [
        run(),
        run({ runId: 2, status: 'completed' }),
        run({ runId: 3, runStartedAtMs: NOW - 36 * day }),
      ],
    });
    const readings = (await store.readActivity(NOW)).map(
      ({ metric, labels, value }) => `${metric} ${labels.join('|')} ${value}`,
    );
    const workflow = 'o/r|CI "quoted" \u{1F41C}';
    assert.deepEqual(readings.sort(), [
      `github_actions_active_jobs ${workflow}|a,b|in_progress 1`,
      `github_actions_active_jobs ${workflow}|a,b|queued 2`,
      `github_actions_active_jobs ${workflow}|none|queued 1`,
      'github_actions_active_runs o/r|CI|in_progress 1',
      `github_actions_oldest_active_job_timestamp_seconds a,b|in_progress ${(NOW - 34 * day) / 1000}`,
      `github_actions_oldest_active_job_timestamp_seconds a,b|queued ${(NOW - 9000) / 1000}`,
      `github_actions_oldest_active_job_timestamp_seconds none|queued ${(NOW - 3 * day) / 1000}`,
      'github_actions_stale_jobs o/r|in_progress 1',
      'github_actions_stale_jobs o/r|queued 2',
    ]);
  });

  check('forgets old delivery ids step by step and no others', async (open) => {
    let now = NOW - 10_000;
    await using store = open(() => now);
    const ids = Array.from({ length: 25 }, (_, index) => `id-${index}`);
    await store.accept(ids.slice(0, 20).map((id) => delivery(id)));
    now = NOW;
    await store.accept(ids.slice(20).map((id) => delivery(id)));
    let forgotten = 0;
    for (let step = 0; step < 8; step += 1) forgotten += await store.forgetSeen(NOW - 5000, 7);
    assert.equal(forgotten, 20);
    assert.deepEqual(await store.accept(ids.map((id) => delivery(id))), [
      ...ids.slice(0, 20).map(() => 'accepted'),
      ...ids.slice(20).map(() => 'duplicate'),
    ]);
  });
}

async function sumsOf(store: Store): Promise<Map<string, number>> {
  const cells = (await store.readCells()).filter(({ metric }) => metric === DOMAIN.dispatches.name);
  return new Map(cells.map(({ labels, value }) => [labels[0] ?? '', value]));
}
