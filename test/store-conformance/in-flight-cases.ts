import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import { job, run } from '../fixtures/states.ts';
import { commit, NOW, type StoreCase } from './store-case.ts';

const DAY = 24 * 3_600_000;
const WORKFLOW = 'o/r|CI "quoted" \u{1F41C}';

/** What every store promises about the gauges of work in flight. */
export const IN_FLIGHT_CASES: Readonly<Record<string, StoreCase>> = {
  async 'counts the jobs in flight from the state, and ghosts separately'(open) {
    await using store = await open();
    const old = { createdAtMs: NOW - 40 * DAY };
    const gate = { createdAtMs: NOW - 3 * DAY, waitedAtMs: NOW - 9000, statusAtMs: NOW - 10 };
    await commit(store, {
      jobs: [
        job({ jobId: 1 }),
        job({ jobId: 2, createdAtMs: NOW - 9000, runsOn: ['a,b'] }),
        job({ jobId: 3, status: 'in_progress', startedAtMs: NOW - 34 * DAY, ...old }),
        job({ jobId: 4, status: 'completed' }),
        job({ jobId: 5, createdAtMs: NOW - DAY - 1 }),
        job({ jobId: 6, status: 'in_progress', startedAtMs: NOW - 35 * DAY - 1, ...old }),
        job({ jobId: 7, ...gate, runsOn: [] }),
        job({ jobId: 8, createdAtMs: null, firstSeenAtMs: NOW - 2 * DAY }),
        job({ jobId: 9, status: 'pending', createdAtMs: NOW - 34 * DAY, runsOn: ['b'] }),
        job({ jobId: 10, status: 'in_progress', isJob: false }),
      ],
    });
    assert.deepEqual(await activityOf(store), [
      `active_jobs ${WORKFLOW}|a,b|in_progress 1`,
      `active_jobs ${WORKFLOW}|a,b|queued 1`,
      `active_jobs ${WORKFLOW}|a,b|queued 1`,
      `active_jobs ${WORKFLOW}|b|pending 1`,
      `active_jobs ${WORKFLOW}|none|queued 1`,
      `oldest_active_job_timestamp_seconds a,b|in_progress ${(NOW - 34 * DAY) / 1000}`,
      `oldest_active_job_timestamp_seconds a,b|queued ${(NOW - 9000) / 1000}`,
      `oldest_active_job_timestamp_seconds a,b|queued ${(NOW - 1000) / 1000}`,
      `oldest_active_job_timestamp_seconds b|pending ${(NOW - 34 * DAY) / 1000}`,
      `oldest_active_job_timestamp_seconds none|queued ${(NOW - 1000) / 1000}`,
      'stale_jobs o/r|in_progress 1',
      'stale_jobs o/r|queued 2',
    ]);
  },

  async 'counts the runs in flight from the state, for as long as a run may live, whatever it waits for'(
    open,
  ) {
    await using store = await open();
    await commit(store, {
      runs: [
        run(),
        run({ runId: 2, status: 'completed', branch: 'other' }),
        run({ runId: 3, runStartedAtMs: NOW - 36 * DAY }),
        run({ runId: 4, status: 'pending', runStartedAtMs: NOW - 34 * DAY }),
        run({ runId: 5, status: 'queued', runStartedAtMs: NOW - 35 * DAY }),
        run({ runId: 6, status: 'queued', runStartedAtMs: null, createdAtMs: NOW - 36 * DAY }),
        run({ runId: 7, status: 'pending', runStartedAtMs: NOW - 2 * DAY }),
      ],
    });
    assert.deepEqual(await activityOf(store), [
      'active_runs o/r|CI|in_progress 1',
      'active_runs o/r|CI|pending 2',
      'active_runs o/r|CI|queued 1',
      `oldest_active_run_timestamp_seconds in_progress ${(NOW - 2000) / 1000}`,
      `oldest_active_run_timestamp_seconds pending ${(NOW - 34 * DAY) / 1000}`,
      `oldest_active_run_timestamp_seconds queued ${(NOW - 35 * DAY) / 1000}`,
      'stale_runs o/r|in_progress 1',
      'stale_runs o/r|queued 1',
    ]);
  },

  async 'does not treat anything as a ghost that GitHub confirmed as unfinished within a day'(open) {
    await using store = await open();
    const old = { createdAtMs: NOW - 3 * DAY };
    const ancient = { status: 'queued', runStartedAtMs: NOW - 40 * DAY } as const;
    await commit(store, {
      jobs: [
        job({ jobId: 1, ...old, confirmedAtMs: NOW - DAY }),
        job({ jobId: 2, ...old, confirmedAtMs: NOW - DAY - 1 }),
        job({ jobId: 3, ...old, goneAtMs: NOW, confirmedAtMs: NOW - 1 }),
      ],
      runs: [
        run({ runId: 1, ...ancient, confirmedAtMs: NOW }),
        run({ runId: 2, ...ancient, confirmedAtMs: NOW - DAY - 1 }),
        run({ runId: 3, ...ancient, goneAtMs: NOW - 1, confirmedAtMs: NOW }),
      ],
    });
    assert.deepEqual(await activityOf(store), [
      `active_jobs ${WORKFLOW}|a,b|queued 1`,
      'active_runs o/r|CI|queued 2',
      `oldest_active_job_timestamp_seconds a,b|queued ${(NOW - 3 * DAY) / 1000}`,
      `oldest_active_run_timestamp_seconds queued ${(NOW - 40 * DAY) / 1000}`,
      'stale_jobs o/r|queued 2',
      'stale_runs o/r|queued 1',
    ]);
  },
};

async function activityOf(store: Store): Promise<string[]> {
  const readings = await store.readActivity(NOW);
  return readings
    .map(
      ({ metric, labels, value }) => `${metric.replace('github_actions_', '')} ${labels.join('|')} ${value}`,
    )
    .sort();
}
