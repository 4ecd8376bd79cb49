import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import { NO_HISTORY } from '../../src/domain/history.ts';
import { parseLabelPatterns } from '../../src/domain/label-patterns.ts';
import { labelValue } from '../../src/domain/label-value.ts';
import type { JobState } from '../../src/domain/lifecycle/state.ts';
import type { ListQuery } from '../../src/domain/list-query.ts';
import { finishedJob } from '../fixtures/facts.ts';
import { job, run } from '../fixtures/states.ts';
import { read } from './history-cases.ts';
import { commit, NOW, type StoreCase } from './store-case.ts';

const DAY = 24 * 3_600_000;

const NO_FILTERS = {
  ...{ repository: [], workflow: [], jobName: [], runsOn: [], label: [] },
  ...{ runnerGroup: [], branch: [], event: [], conclusion: [] },
};
const OPEN: ListQuery = {
  ...NO_FILTERS,
  statuses: ['queued', 'waiting', 'in_progress'],
  ...{ window: null, isStale: false, order: 'waiting', isDescending: true, limit: 9, after: null },
};
const ENDED: ListQuery = {
  ...OPEN,
  statuses: ['completed'],
  window: { fromMs: NOW - DAY, toMs: NOW },
  order: 'completed',
};

function ended(jobId: number, over: Partial<JobState> = {}): JobState {
  const times = { createdAtMs: NOW - 9000, completedAtMs: NOW - 1000 };
  return job({
    jobId,
    status: 'completed',
    conclusion: 'success',
    ...times,
    completionCounted: true,
    ...over,
  });
}

async function idsOf(store: Store, query: ListQuery): Promise<number[]> {
  return (await read(store, (reader) => reader.listJobs(query))).jobs.map(({ job: { jobId } }) => jobId);
}

/** What every store promises about lists of jobs. */
export const JOB_LIST_CASES: Readonly<Record<string, StoreCase>> = {
  async 'lists jobs in flight, longest waiting first, and ghosts separately'(open) {
    await using store = await open();
    const gate = { createdAtMs: NOW - 9 * DAY, waitedAtMs: NOW - 9000, queuedAtMs: NOW - 7000 };
    const jobs = [
      job({ jobId: 1, createdAtMs: NOW - 2000 }),
      job({ jobId: 2, status: 'in_progress', createdAtMs: NOW - 8000, startedAtMs: NOW - 1000 }),
      job({ jobId: 3, createdAtMs: NOW - 5000 }),
      job({ jobId: 4, createdAtMs: NOW - 2 * DAY }),
      job({ jobId: 5, createdAtMs: NOW - 3 * DAY, confirmedAtMs: NOW }),
      job({ jobId: 6, goneAtMs: NOW }),
      job({ jobId: 7, ...gate, releasedAtMs: NOW - 7500, statusAtMs: NOW - 7000 }),
      ended(8),
      job({ jobId: 9, status: 'in_progress', isJob: false }),
    ];
    await commit(store, { jobs });
    const { jobs: found, next } = await read(store, (reader) => reader.listJobs(OPEN));
    assert.deepEqual(
      found.map((each) => [each.job.jobId, NOW - each.beganAtMs]),
      [
        [5, 3 * DAY],
        [7, 7500],
        [3, 5000],
        [1, 2000],
        [2, 1000],
      ],
    );
    assert.equal(next, null);
    assert.deepEqual({ ...found[2]?.job }, jobs[2]);
    assert.deepEqual(await idsOf(store, { ...OPEN, isStale: true }), [4, 6]);
    assert.deepEqual(await idsOf(store, { ...OPEN, statuses: ['in_progress'] }), [2]);
    assert.deepEqual(await idsOf(store, { ...OPEN, order: 'created', isDescending: true }), [1, 3, 2, 5, 7]);
  },

  async 'lists completed jobs by their end within a window, each execution once'(open) {
    await using store = await open();
    await commit(store, {
      jobs: [
        ended(1, { completedAtMs: NOW - DAY }),
        ended(2, { completedAtMs: NOW - DAY - 1 }),
        ended(3, { completedAtMs: NOW }),
        ended(4, { completedAtMs: NOW - 1 }),
        ended(5, { completionCounted: false }),
        ended(6, { completedAtMs: null }),
        job({ jobId: 7 }),
      ],
    });
    assert.deepEqual(await idsOf(store, ENDED), [4, 1]);
    assert.deepEqual(await idsOf(store, { ...ENDED, isDescending: false }), [1, 4]);
  },

  async 'lists completed jobs by what they are billed as'(open) {
    await using store = await open();
    const atMs = NOW - 1000;
    const skus = ['linux', null, 'linux_4_core', null];
    const finishedJobs = skus.map((sku, at) => finishedJob({ jobId: at + 1, endedAtMs: atMs, sku }));
    // The same job ended at another time before: that is no longer its end.
    finishedJobs.push(finishedJob({ jobId: 2, endedAtMs: atMs - 1, sku: 'linux' }));
    const jobs = [...skus.keys()].map((at) => ended(at + 1, { completedAtMs: atMs }));
    await commit(store, { jobs, history: { ...NO_HISTORY, finishedJobs } });
    const ids = (sku: string[], over: Partial<ListQuery> = {}) => idsOf(store, { ...ENDED, ...over, sku });
    assert.deepEqual(await ids(['linux']), [1]);
    assert.deepEqual(await ids(['linux_4_core', 'linux']), [3, 1]);
    assert.deepEqual(await ids(['none']), [4, 2]);
    assert.deepEqual(await ids(['none'], { conclusion: ['failure'] }), []);
    assert.deepEqual(await ids(['macos']), []);
    assert.deepEqual(await ids([]), [4, 3, 2, 1]);
  },

  async 'sorts by counted values, unknown ones last, and continues after any cursor'(open) {
    await using store = await open();
    const jobs = Array.from({ length: 40 }, (_, at) =>
      ended(at + 1, {
        createdAtMs: NOW - 60_000 - ((at * 7) % 5) * 1000,
        completedAtMs: NOW - 1000 - ((at * 3) % 7) * 1000,
        queueMs: at % 4 === 0 ? null : ((at * 5) % 6) * 1000,
        durationMs: at % 9 === 0 ? null : ((at * 11) % 8) * 1000,
      }),
    );
    await commit(store, { jobs });
    const values = {
      created: (each: JobState) => each.createdAtMs,
      completed: (each: JobState) => each.completedAtMs,
      queue: (each: JobState) => each.queueMs,
      duration: (each: JobState) => each.durationMs,
    };
    for (const [order, timeOf] of Object.entries(values)) {
      for (const isDescending of [false, true]) {
        const sign = isDescending ? -1 : 1;
        const rank = (each: JobState) => {
          const value = timeOf(each);
          return value === null ? Number.POSITIVE_INFINITY : sign * value;
        };
        const expected = jobs.toSorted((a, b) =>
          rank(a) === rank(b) ? sign * (a.jobId - b.jobId) : rank(a) - rank(b),
        );
        const query = { ...ENDED, order: order as ListQuery['order'], isDescending, limit: 7 };
        assert.deepEqual(
          await idsInPages(store, query),
          expected.map(({ jobId }) => jobId),
          `${order} ${sign}`,
        );
      }
    }
  },

  async 'reads many rows in parts, and finds each of them once'(open) {
    await using store = await open();
    const count = 4500;
    const numbers = Array.from({ length: count }, (_, at) => at + 1);
    const over = (at: number) => ({
      runId: at,
      createdAtMs: NOW - 1_000_000 + at,
      queueMs: (at * 7919) % 5003,
    });
    await commit(store, {
      jobs: numbers.flatMap((at) => [
        ended(at, { ...over(at), completedAtMs: NOW - 1000 - Math.max(0, at - 2100) }),
        job({
          jobId: count + at,
          ...over(at),
          status: at > 2200 ? 'queued' : 'in_progress',
          startedAtMs: NOW - at,
        }),
      ]),
    });
    for (const query of [ENDED, OPEN]) {
      for (const order of ['created', 'queue', 'completed'] as const) {
        for (const jobName of [[], ['build']]) {
          const ids = await idsInPages(store, { ...query, order, jobName, limit: 500 });
          assert.equal(ids.length, count);
          assert.equal(new Set(ids).size, count);
        }
      }
    }
    for (const isDescending of [true, false]) {
      const ids = await idsInPages(store, { ...ENDED, isDescending, limit: 500 });
      assert.equal(new Set(ids).size, count);
    }
  },

  async 'finds jobs by labels that were cut, even within a character'(open) {
    await using store = await open();
    const names = [`w${'x'.repeat(300)}`, `a${'\u{1F41C}'.repeat(200)}`, `"${'\u{1F41C}'.repeat(200)}`, 'w'];
    const jobs = names.map((text, at) =>
      ended(at, { workflow: text, name: text, runsOn: [text], runnerGroup: text }),
    );
    await commit(store, { jobs });
    for (const filter of ['workflow', 'jobName', 'runsOn', 'runnerGroup'] as const)
      for (const [at, text] of names.entries())
        assert.deepEqual(await idsOf(store, { ...ENDED, [filter]: [labelValue(text)] }), [at], filter);
  },

  async 'filters jobs by each property, with any of several values'(open) {
    await using store = await open();
    await commit(store, {
      jobs: [
        ended(1, { repository: 'o/a', workflow: 'CI', name: 'build (1, x)', runsOn: ['self-hosted', 'gpu'] }),
        ended(2, { repository: 'o/b', workflow: 'CD', name: 'build', runsOn: ['gpu'], runnerGroup: 'big' }),
        ended(3, { repository: 'p/a', name: 'builder', runsOn: [], conclusion: 'failure', runAttempt: 2 }),
        ended(4, { repository: 'o2/a', name: 'a%_! "b"', runsOn: ['self-hosted,gpu'], conclusion: null }),
        ended(5, {
          ...{ repository: 'q/q', workflow: 'X', runId: 2 ** 41, runnerGroup: `x-${2 ** 41}` },
          ...{ name: `deploy (eu) / plan ${2 ** 41}`, runsOn: [`runs-on=${2 ** 41}`, 'spot'] },
        }),
      ],
      runs: [
        run({ runId: 2 ** 41, branch: 'other', event: 'schedule' }),
        run({ branch: 'default', event: 'push' }),
        run({ runAttempt: 2, branch: 'pull_request', event: 'pull_request' }),
      ],
    });
    const found = (filters: Partial<ListQuery>) =>
      idsOf(store, { ...ENDED, ...filters, isDescending: false });
    for (const [filters, ids] of [
      [{ repository: ['o/a'] }, [1]],
      [{ repository: ['o/*'] }, [1, 2]],
      [{ repository: ['o_/*'] }, []],
      [{ repository: ['O/*'] }, []],
      [{ repository: ['o/a', 'p/*'] }, [1, 3]],
      [{ workflow: ['CI', 'CD'] }, [1, 2]],
      [{ jobName: ['build'] }, [1, 2]],
      [{ jobName: ['builder', 'a%_! "b"'] }, [3, 4]],
      [{ jobName: ['b%'] }, []],
      [{ runsOn: ['runs-on=*,spot'] }, [5]],
      [{ jobName: ['deploy / plan *'] }, [5]],
      [{ label: [`runs-on=${2 ** 41}`] }, [5]],
      [{ runsOn: ['self-hosted,gpu'] }, [1, 4]],
      [{ runsOn: ['gpu'] }, [2]],
      [{ runsOn: ['none', 'gpu'] }, [2, 3]],
      [{ runsOn: ['self-hosted'] }, []],
      [{ label: ['gpu'] }, [1, 2]],
      [{ label: ['g_u'] }, []],
      [{ runnerGroup: ['big'] }, [2]],
      [{ runnerGroup: ['unknown'] }, [1, 3, 4]],
      [{ runnerGroup: ['x-*'] }, [5]],
      [{ conclusion: ['failure', 'unknown'] }, [3, 4]],
      [{ branch: ['default'] }, [1, 2, 4]],
      [{ event: ['pull_request'] }, [3]],
      [{ repository: ['o/*'], jobName: ['build'], label: ['gpu'], workflow: ['CD'] }, [2]],
    ] as const)
      assert.deepEqual(await found(filters), ids, JSON.stringify(filters));
  },

  async 'finds jobs by the labels that configured patterns make, and by the original ones'(open) {
    await using store = await open();
    const jobs = ['a', 'b'].map((name, index) =>
      job({
        jobId: index + 1,
        ...{ name: `Preview ${name}`, workflow: `Deploy ${name}` },
        ...{ runsOn: ['big', `vm-${name}`], runnerGroup: `pool-${name}` },
      }),
    );
    await commit(store, { jobs });
    const parsed = parseLabelPatterns(
      'runs_on=vm-*; runner_group=pool-*; workflow=Deploy *; job_name=Preview *',
    );
    assert.ok('patterns' in parsed);
    const query: ListQuery = { ...OPEN, order: 'created', labelPatterns: parsed.patterns };
    for (const [filter, shown, own] of [
      ['runsOn', 'big,vm-*', 'big,vm-b'],
      ['runnerGroup', 'pool-*', 'pool-b'],
      ['workflow', 'Deploy *', 'Deploy b'],
      ['jobName', 'Preview *', 'Preview b'],
    ] as const) {
      assert.deepEqual((await idsOf(store, { ...query, [filter]: [shown] })).sort(), [1, 2], filter);
      assert.deepEqual(await idsOf(store, { ...query, [filter]: [own] }), [2], filter);
      assert.deepEqual(await idsOf(store, { ...query, [filter]: [`${shown}x`] }), [], filter);
    }
  },
};

/** All jobs, page after page. */
async function idsInPages(store: Store, query: ListQuery): Promise<number[]> {
  const ids: number[] = [];
  let { after } = query;
  do {
    const page = await read(store, (reader) => reader.listJobs({ ...query, after }));
    ids.push(...page.jobs.map(({ job: { jobId } }) => jobId));
    assert.ok(page.jobs.length <= query.limit);
    after = page.next;
  } while (after !== null);
  return ids;
}
