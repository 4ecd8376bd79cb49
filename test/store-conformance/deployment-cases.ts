import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import type { DeploymentFilters } from '../../src/domain/deployment-queries.ts';
import { type ForgettingStep, forgottenCounts } from '../../src/domain/forgetting.ts';
import type { DeploymentState } from '../../src/domain/lifecycle/state.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import type { Window } from '../../src/domain/queries.ts';
import { deployment, review } from '../fixtures/states.ts';
import { cellsOf, commit, load, NOW, type StoreCase } from './store-case.ts';

const DAY_MS = 24 * 3_600_000;
const ALL: DeploymentFilters = { repository: [], environment: [], state: [] };
const STEP: ForgettingStep = {
  afterRunId: null,
  limit: 100,
  finishedBeforeMs: NOW - 30 * DAY_MS,
  unfinishedBeforeMs: NOW - 65 * DAY_MS,
};

/** Without the prototypes of rows. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** The ids of the deployments that a question finds. */
async function found(store: Store, filters: Partial<DeploymentFilters>, window?: Window): Promise<number[]> {
  const times = window ?? { fromMs: 0, toMs: NOW };
  const answer = await store.readFor({ nowMs: NOW, asOfMs: NOW }, async (reader) =>
    (await Array.fromAsync(reader.deployments(times, { ...ALL, ...filters }))).flat(),
  );
  return (answer as readonly DeploymentState[]).map(({ deploymentId }) => deploymentId);
}

/** What stores promise of deployments and reviews. */
export const DEPLOYMENT_CASES: Readonly<Record<string, StoreCase>> = {
  async 'finds deployments and reviews as they were written, also when it is opened again'(open) {
    const one = deployment({ successAtMs: NOW - 1, ref: null, runId: null, runAttempt: null, jobId: null });
    const asked = review({ approvedAtMs: NOW - 5, status: 'approved' });
    {
      await using store = await open();
      await commit(store, { deployments: [deployment()], reviews: [review()] });
      await commit(store, { deployments: [one], reviews: [asked] });
    }
    await using store = await open();
    const keys = { deployments: [one.deploymentId, 5, one.deploymentId], reviews: [asked.jobId, 5] };
    const { deployments, reviews } = await load(store, keys);
    assert.deepEqual(plain({ deployments, reviews }), { deployments: [one], reviews: [asked] });
    const repositories = (await store.knownRepositories()).map(({ name }) => name);
    assert.deepEqual(repositories, ['o/r'], 'a hook that only sends deployments is recovered, too');
  },

  async 'explains a run and a job with its deployments and reviews'(open) {
    await using store = await open();
    const other = deployment({ deploymentId: 3, jobId: 7 });
    await commit(store, {
      deployments: [deployment(), other, deployment({ deploymentId: 4, runId: 1 })],
      reviews: [review(), review({ jobId: 7 }), review({ jobId: 8, runId: 1 })],
    });
    const { deployments, reviews } = await store.explainRun(2 ** 40);
    assert.deepEqual(plain({ deployments, reviews }), {
      deployments: [other, deployment()],
      reviews: [review({ jobId: 7 }), review()],
    });
  },

  async 'lists the deployments of a window, the latest first, that fit'(open) {
    await using store = await open();
    const at = (agoMs: number) => ({ createdAtMs: NOW - agoMs });
    await commit(store, {
      deployments: [
        deployment({ deploymentId: 1, ...at(5000), environment: 'pr-*', environmentName: 'pr-7' }),
        deployment({ deploymentId: 2, ...at(4000), repository: 'p/r' }),
        deployment({ deploymentId: 3, ...at(4000), status: 'success' }),
        deployment({ deploymentId: 4, createdAtMs: null, statusAtMs: NOW - 4500 }),
        deployment({ deploymentId: 5, ...at(0) }),
      ],
    });
    assert.deepEqual(await found(store, {}), [3, 2, 4, 1], 'until before the end of the window');
    assert.deepEqual(await found(store, {}, { fromMs: NOW - 4500, toMs: NOW - 4000 }), [4]);
    assert.deepEqual(await found(store, { repository: ['p/*'] }), [2]);
    assert.deepEqual(await found(store, { repository: ['o/r'], state: ['success'] }), [3]);
    assert.deepEqual(await found(store, { environment: ['pr-*'] }), [1]);
    assert.deepEqual(await found(store, { environment: ['pr-7'] }), [1]);
  },

  async 'reads how deployments went, of all of a window or of those that fit'(open) {
    await using store = await open();
    await commit(store, {
      deployments: [
        deployment({ deploymentId: 1, createdAtMs: NOW - 5, successAtMs: NOW - 1 }),
        deployment({ deploymentId: 2, createdAtMs: NOW - 4, failureAtMs: NOW - 1, status: 'failure' }),
        deployment({ deploymentId: 3, createdAtMs: NOW - 3, successAtMs: NOW - 2, errorAtMs: NOW - 1 }),
        deployment({ deploymentId: 4, createdAtMs: NOW - 2, environment: 'pr-*', environmentName: 'pr-7' }),
        deployment({ deploymentId: 5, createdAtMs: NOW }),
      ],
    });
    const outcomes = (filters: Partial<DeploymentFilters>) =>
      store.readFor({ nowMs: NOW, asOfMs: NOW }, async (reader) => {
        const read = reader.deploymentOutcomes({ fromMs: 0, toMs: NOW }, { ...ALL, ...filters });
        return (await Array.fromAsync(read))
          .flat()
          .map(({ environment, createdAtMs, successAtMs, hasFailed }) =>
            [environment, NOW - (createdAtMs ?? 0), successAtMs, hasFailed].join(' '),
          );
      });
    const all = [
      'pr-* 2  false',
      `production 3 ${NOW - 2} true`,
      'production 4  true',
      `production 5 ${NOW - 1} false`,
    ];
    assert.deepEqual(await outcomes({}), all);
    assert.deepEqual(await outcomes({ environment: ['pr-7'] }), all.slice(0, 1));
    assert.deepEqual(await outcomes({ state: ['failure'] }), all.slice(2, 3));
  },

  async 'lists more deployments than it reads at once'(open) {
    await using store = await open();
    const many = Array.from({ length: 5500 }, (_, at) =>
      deployment({ deploymentId: at + 1, createdAtMs: NOW - 1 - Math.floor(at / 7) }),
    );
    await commit(store, { deployments: many });
    const ids = await found(store, {});
    assert.deepEqual([ids.length, new Set(ids).size], [5500, 5500]);
    const filters = { ...ALL, repository: ['o/*'], environment: ['production'], state: ['in_progress'] };
    const outcomes = await store.readFor({ nowMs: NOW, asOfMs: NOW }, async (reader) =>
      (await Array.fromAsync(reader.deploymentOutcomes({ fromMs: 0, toMs: NOW }, filters))).flat(),
    );
    const { repository, environment, runStartedAtMs } = deployment();
    assert.deepEqual(
      plain(outcomes),
      ids.map((id) => ({
        ...{ repository, environment, runStartedAtMs, successAtMs: null, hasFailed: false },
        createdAtMs: many[id - 1]?.createdAtMs,
      })),
    );
  },

  async 'forgets deployments and reviews by their last events, and what they had counted stays counted'(
    open,
  ) {
    await using store = await open();
    const oldMs = NOW - 90 * DAY_MS;
    const old = { createdAtMs: oldMs, statusAtMs: oldMs, heardAtMs: oldMs };
    await commit(store, {
      deployments: [
        deployment({ deploymentId: 1, ...old }),
        deployment({ deploymentId: 2, ...old, inactiveAtMs: NOW - DAY_MS }),
        deployment({ deploymentId: 3, ...old, heardAtMs: NOW - DAY_MS }),
      ],
      reviews: [review({ jobId: 1, ...old }), review({ jobId: 2, ...old, statusAtMs: NOW - DAY_MS })],
    });
    const forgotten = { runs: 0, jobs: 0, deployments: 2, lastRunId: null };
    assert.deepEqual(await store.forgetRuns(STEP, forgottenCounts), forgotten);
    const known = await load(store, { deployments: [1, 2, 3], reviews: [1, 2] });
    assert.deepEqual(
      known.deployments.map(({ deploymentId }) => deploymentId),
      [2, 3],
    );
    assert.deepEqual(
      known.reviews.map(({ jobId }) => jobId),
      [2],
    );
    assert.equal(known.forgottenBeforeMs, STEP.finishedBeforeMs, 'so that it is not counted again');
    const counted = (await cellsOf(store)).filter(({ metric }) => metric === SELF.forgottenObjects.name);
    assert.deepEqual(
      counted.map(({ labels, value }) => [...labels, value]),
      [['deployment', 2]],
    );
  },
};
