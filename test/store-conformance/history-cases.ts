import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import { type FinishedJob, NO_HISTORY } from '../../src/domain/history.ts';
import { parseLabelPatterns } from '../../src/domain/label-patterns.ts';
import type { JobState } from '../../src/domain/lifecycle/state.ts';
import {
  type FactKind,
  type HistoryFilters,
  type HistoryReader,
  NO_FILTERS,
  type QuestionMoment,
  type ReadFacts,
  type StartedJobColumns,
} from '../../src/domain/queries.ts';
import { finishedJob, finishedRun, PLACE } from '../fixtures/facts.ts';
import { job, run } from '../fixtures/states.ts';
import { commit, NOW, type StoreCase } from './store-case.ts';

const WINDOW = { fromMs: NOW - 10_000, toMs: NOW };
const AT = NOW - 5000;

/** Asks one question. */
export async function read<T>(
  store: Store,
  work: (reader: HistoryReader) => Promise<T>,
  moment: Partial<QuestionMoment> = {},
): Promise<T> {
  return (await store.readFor({ nowMs: NOW, asOfMs: NOW, ...moment }, work)) as T;
}

/** Whose facts of a kind fit. */
function fitting(
  store: Store,
  kind: FactKind,
  filters: Partial<HistoryFilters>,
  moment: Partial<QuestionMoment> = {},
): Promise<number[]> {
  return read(
    store,
    async (reader) => {
      const found: number[] = [];
      const all = { ...NO_FILTERS, ...filters };
      if (kind === 'finishedRuns')
        for await (const { runId } of reader.finishedRuns(WINDOW, all, ['runId'])) found.push(...runId);
      else
        for await (const { jobId } of (reader[kind] as ReadFacts<StartedJobColumns>)(WINDOW, all, ['jobId']))
          found.push(...jobId);
      return found;
    },
    moment,
  );
}

/** What every store promises about reading the history. */
export const HISTORY_CASES: Readonly<Record<string, StoreCase>> = {
  async 'reads columns of the facts in a window, in the order of their times'(open) {
    await using store = await open();
    const steps = [
      {
        number: 1,
        name: 'test',
        status: 'completed',
        conclusion: 'failure',
        startedAtMs: 1,
        completedAtMs: null,
      },
    ];
    const finishedJobs = [
      finishedJob({ jobId: 1, endedAtMs: NOW - 1, durationMs: null, conclusion: 'failure' }),
      finishedJob({ jobId: 2, endedAtMs: NOW - 10_000, sku: 'linux', microDollars: 7 }),
      finishedJob({ jobId: 3, endedAtMs: NOW }),
      finishedJob({ jobId: 4, endedAtMs: NOW - 10_001, steps }),
      finishedJob({ jobId: 5, endedAtMs: NOW - 10_002 }),
    ];
    assert.equal(await read(store, (reader) => reader.stepsBeginAtMs()), null);
    const failedJobs = [{ ...PLACE, endedAtMs: AT, cause: 'step' as const, step: 'test' }];
    await commit(store, {
      history: { ...NO_HISTORY, finishedJobs, failedJobs },
      jobs: [job({ jobId: 4, status: 'completed', completedAtMs: NOW - 10_001 })],
    });
    await read(store, async (reader) => {
      const [batch, more] = await Array.fromAsync(
        reader.finishedJobs(WINDOW, NO_FILTERS, ['jobId', 'durationMs', 'conclusion', 'sku', 'microDollars']),
      );
      assert.ok(batch !== undefined && more === undefined);
      assert.equal(batch.size, 2);
      assert.deepEqual([...batch.jobId], [2, 1]);
      assert.deepEqual([...batch.durationMs], [1000, Number.NaN]);
      assert.deepEqual([...batch.microDollars], [7, 0]);
      const texts = await reader.texts([...batch.conclusion, ...batch.sku]);
      assert.deepEqual(
        Array.from(batch.conclusion, (id) => texts.get(id)),
        ['success', 'failure'],
      );
      assert.deepEqual(
        Array.from(batch.sku, (id) => texts.get(id)),
        ['linux', undefined],
      );
      assert.equal(batch.conclusion[0], reader.wordId('success'));
      const [failed] = await Array.fromAsync(reader.failedJobs(WINDOW, NO_FILTERS, ['cause', 'step']));
      assert.deepEqual(
        [...(await reader.texts([...(failed?.cause ?? []), ...(failed?.step ?? [])])).values()],
        ['step', 'test'],
      );
      assert.equal(await reader.beginsAtMs(), NOW - 10_002);
      assert.equal(await reader.stepsBeginAtMs(), NOW - 10_001);
      const { status: _, ...told } = { ...steps[0] };
      assert.deepEqual([...(await reader.steps([4, 1, 99]))], [[4, [told]]]);
    });
  },

  async 'knows since when a job waited that no runner took, where nothing but a runner was missing'(open) {
    await using store = await open();
    const lives: readonly (readonly [
      over: Partial<JobState>,
      end: Partial<FinishedJob>,
      queuedAtMs: number,
    ])[] = [
      [{}, {}, AT - 100],
      [{}, { conclusion: 'failure' }, AT - 100],
      [{}, { conclusion: 'skipped' }, Number.NaN],
      [{ hasStarted: true }, { durationMs: 5 }, Number.NaN],
      [{ hasStarted: true }, {}, Number.NaN],
      [{ hasEnvironment: true }, {}, Number.NaN],
      [{ hasEnvironment: true, waitedAtMs: AT - 90, queuedAtMs: AT - 95 }, {}, Number.NaN],
      [{ waitedAtMs: AT - 90, queuedAtMs: AT - 50, releasedAtMs: AT - 51 }, {}, AT - 51],
    ];
    const state = { status: 'completed', createdAtMs: AT - 100, hasEnvironment: false } as const;
    await commit(store, {
      history: {
        ...NO_HISTORY,
        finishedJobs: lives.map(([, end], jobId) =>
          finishedJob({ jobId, endedAtMs: AT, durationMs: null, conclusion: 'cancelled', ...end }),
        ),
      },
      jobs: lives.map(([over], jobId) => job({ jobId, ...state, ...over })),
    });
    const found = await read(store, (reader) =>
      Array.fromAsync(reader.finishedJobs(WINDOW, NO_FILTERS, ['queuedAtMs']), ({ queuedAtMs }) => [
        ...queuedAtMs,
      ]),
    );
    assert.deepEqual(
      found.flat(),
      lives.map(([, , queuedAtMs]) => queuedAtMs),
    );
  },

  async 'reads many facts, also of the same moment, each once'(open) {
    await using store = await open();
    // The first six thousand at once, the others five in a millisecond.
    const endOf = (jobId: number) => NOW - 9000 + (jobId < 6000 ? 0 : Math.floor(jobId / 5));
    const finishedJobs = Array.from({ length: 15_000 }, (_, jobId) =>
      finishedJob({ jobId, endedAtMs: endOf(jobId) }),
    );
    await commit(store, { history: { ...NO_HISTORY, finishedJobs } });
    const found = await fitting(store, 'finishedJobs', {});
    assert.equal(found.length, 15_000);
    assert.equal(new Set(found).size, 15_000);
  },

  async 'filters facts of every kind by what they, their jobs and their runs are'(open) {
    await using store = await open();
    const big = { jobId: 5, runId: 6, repository: 'p/r', workflow: 'Nightly', jobName: 'train' };
    const gpu = { ...PLACE, ...big, runsOn: 'self-hosted,gpu', runnerGroup: 'large' };
    const places = [PLACE, gpu];
    const state = { status: 'completed', completedAtMs: AT, completionCounted: true } as const;
    await commit(store, {
      history: {
        startedJobs: places.map((place) => ({ ...place, startedAtMs: AT, queueMs: 1 })),
        finishedJobs: places.map((place) =>
          finishedJob({ ...place, endedAtMs: AT, conclusion: place === gpu ? 'failure' : 'success' }),
        ),
        failedJobs: places.map((place) => ({ ...place, endedAtMs: AT, cause: 'step', step: null })),
        explainedJobs: places.map((place) => ({
          ...place,
          ...{ endedAtMs: AT, reason: 'exit_code', exitCode: 137 },
        })),
        flakyJobs: places.map((place) => ({ ...place, endedAtMs: AT, times: 1 })),
        repeatedJobs: [],
        finishedRuns: [
          finishedRun({ endedAtMs: AT }),
          finishedRun({
            endedAtMs: AT,
            runId: 6,
            repository: 'p/r',
            workflow: 'Nightly',
            event: 'schedule',
            branch: 'other',
            conclusion: 'failure',
          }),
        ],
      },
      jobs: [
        job({ jobId: 1, runId: 2, ...state, conclusion: 'success' }),
        job({ jobId: 5, runId: 6, ...state, conclusion: 'failure' }),
      ],
      runs: [
        run({ runId: 2, event: 'push', branch: 'default' }),
        run({ runId: 6, event: 'schedule', branch: 'other' }),
      ],
    });
    const filters: Partial<HistoryFilters>[] = [
      { repository: ['p/r'] },
      { repository: ['p/*', 'q/*'] },
      { workflow: ['Nightly', 'unheard of'] },
      { jobName: ['train'] },
      { runsOn: ['self-hosted,gpu'] },
      { label: ['gpu'] },
      { runnerGroup: ['large'] },
      { branch: ['other'] },
      { event: ['schedule'] },
      { conclusion: ['failure'] },
      { label: ['gpu'], jobName: ['train'], event: ['schedule'], branch: ['other'] },
    ];
    const kinds = ['startedJobs', 'finishedJobs', 'failedJobs', 'explainedJobs', 'flakyJobs'] as const;
    for (const kind of [...kinds, 'finishedRuns'] as const)
      for (const filter of filters) {
        const told = `${kind} ${JSON.stringify(filter)}`;
        assert.deepEqual(await fitting(store, kind, filter), [kind === 'finishedRuns' ? 6 : 5], told);
        assert.deepEqual(await fitting(store, kind, { ...filter, runsOn: ['gpu'] }), [], told);
        const contrary = 'repository' in filter ? { workflow: ['CI'] } : { repository: ['o/r'] };
        assert.deepEqual(await fitting(store, kind, { ...filter, ...contrary }), [], told);
      }
  },

  async "filters facts by an operator's patterns too"(open) {
    await using store = await open();
    const startedJobs = ['vm-a', 'vm-b', 'other'].map((runsOn, jobId) => ({
      ...PLACE,
      jobId,
      runsOn,
      startedAtMs: AT,
      queueMs: 1,
    }));
    await commit(store, { history: { ...NO_HISTORY, startedJobs } });
    const parsed = parseLabelPatterns('runs_on=vm-*');
    assert.ok('patterns' in parsed);
    const moment = { labelPatterns: parsed.patterns };
    assert.deepEqual(await fitting(store, 'startedJobs', { runsOn: ['vm-*'] }, moment), [0, 1]);
    assert.deepEqual(await fitting(store, 'startedJobs', { runsOn: ['vm-b'] }, moment), [1]);
  },

  async 'reads jobs that are not over'(open) {
    await using store = await open();
    const taken = { status: 'in_progress', hasStarted: true, startedAtMs: NOW - 2000 } as const;
    const jobs = [
      job({ jobId: 1, createdAtMs: NOW - 3000, runsOn: ['self-hosted', 'gpu'] }),
      job({ jobId: 2, createdAtMs: NOW - 3000, ...taken }),
      job({ jobId: 3, createdAtMs: NOW - 3000, goneAtMs: NOW }),
      job({ jobId: 4, status: 'completed' }),
      job({ jobId: 5, isJob: false }),
    ];
    await commit(store, { jobs });
    await read(store, async (reader) => {
      const open = await reader.openJobs(NO_FILTERS);
      const shown = open.map((each) => [each.jobId, NOW - each.beganAtMs, each.startedAtMs, each.isStale]);
      assert.deepEqual(shown, [
        [1, 3000, null, false],
        [2, 2000, NOW - 2000, false],
        [3, 3000, null, true],
      ]);
      const gpu = await reader.openJobs({ ...NO_FILTERS, label: ['gpu'] });
      assert.deepEqual(
        gpu.map(({ runsOn }) => runsOn),
        ['self-hosted,gpu'],
      );
    });
  },

  async 'reads whole runs'(open) {
    await using store = await open();
    const runs = [
      run({ runId: 1, createdAtMs: NOW - 9000 }),
      run({ runId: 1, runAttempt: 2, createdAtMs: NOW - 9000 }),
      run({ runId: 2, createdAtMs: NOW - 8000 }),
      run({ runId: 3, createdAtMs: NOW - 7000, workflow: 'another' }),
    ];
    await commit(store, {
      runs,
      jobs: [job({ jobId: 1, runId: 1 }), job({ jobId: 2, runId: 1, isJob: false })],
    });
    await read(store, async (reader) => {
      const whole = await reader.wholeRun(1);
      assert.deepEqual([whole?.jobs.length, whole?.runs.length], [1, 2]);
      assert.equal(await reader.wholeRun(99), null);
    });
  },
};
