import assert from 'node:assert/strict';
import { test } from 'node:test';
import { job, run } from '../../test/fixtures/states.ts';
import type { RunState } from '../domain/lifecycle/state.ts';
import type { Changes, KnownStates } from '../domain/transaction.ts';
import { settleRuns } from './settle-runs.ts';

const NOTHING = { runs: [], deployments: [], reviews: [], repositories: [], forgottenBeforeMs: null };
const DUE = { status: 'completed', runAttempt: 2, runStartedAtMs: 0, settlesAtMs: 900 } as const;

/** What is written of runs that are due, when by now the store knows these states. */
async function settle(due: readonly RunState[], known: Partial<KnownStates>, onBug?: () => void) {
  const written: Changes[] = [];
  await settleRuns(
    {
      queue: {
        settlingRuns: async () => [...due],
        async process(_, keys, decide) {
          const ofRuns = new Set(keys.jobsOfRuns);
          const jobs = (known.jobs ?? []).filter(({ runId }) => ofRuns.has(runId));
          written.push(decide([], { ...NOTHING, ...known, jobs }, 1000));
          return { outcomes: [], outbox: { endSeq: 1, settledSeq: 1 } };
        },
      },
      rules: () => ({
        measure(fact) {
          if ('run' in fact && fact.run.workflow === 'broken') throw new Error('a bug');
          return [{ metric: fact.kind, labels: [], cell: 0, delta: 1 }];
        },
      }),
      clock: () => 1000,
    },
    onBug,
  );
  return written;
}

test('attempts settle together, each with the jobs of its run', async () => {
  const runs = [1, 2].map((runId) => run({ ...DUE, runId }));
  const jobs = [job({ runId: 1, runAttempt: 2, hasStarted: true, startedAtMs: 5000 })];
  const [changes, ...more] = await settle(runs, { runs, jobs });
  assert.deepEqual(more, []);
  assert.deepEqual(
    changes?.runs.map(({ runId, settlesAtMs, queueMs, rerunKind }) => [
      runId,
      settlesAtMs,
      queueMs,
      rerunKind,
    ]),
    [
      [1, null, 5000, 'unknown'],
      [2, null, null, 'unknown'],
    ],
  );
  assert.deepEqual(
    changes?.increments.map(({ metric, delta }) => [metric, delta]),
    [
      ['run_started', 1],
      ['run_repeated', 1],
      ['run_repeated', 1],
    ],
  );
});

test('what another process has settled, or moved, since it was found is left alone', async () => {
  const due = [run({ ...DUE, runId: 1 })];
  for (const settlesAtMs of [null, 1001]) {
    const [changes] = await settle(due, { runs: [run({ ...DUE, runId: 1, settlesAtMs })] });
    assert.deepEqual([changes?.runs, changes?.increments], [[], []]);
  }
});

test('an attempt with which it hits a bug holds up no other', async () => {
  const runs = [run({ ...DUE, runId: 1, workflow: 'broken' }), run({ ...DUE, runId: 2 })];
  let bugs = 0;
  const written = await settle(runs, { runs }, () => {
    bugs += 1;
  });
  assert.equal(bugs, 1);
  assert.deepEqual(
    written.flatMap((changes) => changes.runs.map(({ runId }) => runId)),
    [2],
  );
});
