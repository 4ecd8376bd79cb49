import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { SILENT } from '../../test/fixtures/logger.ts';
import { NO_OTLP } from '../../test/fixtures/otlp-options.ts';
import { timeOf } from '../../test/fixtures/time.ts';
import { startPostgres } from '../../test/postgres.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import type { Delivery } from '../domain/delivery.ts';
import { DURATION_BUCKETS_MS } from '../domain/metric.ts';
import type { RepositoryLabel } from '../domain/repository-labels.ts';
import { SharedLease } from '../timing/shared-lease.ts';
import { SharedMoment } from '../timing/shared-moment.ts';
import { type RunningEngine, startEngine } from './engine.ts';
import type { EngineOptions } from './parts.ts';

/*
 * Labels of repositories, in a whole engine: they come by a reload, for new series; after a restart all are there;
 * and replicas show the same.
 */

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const TEAM: readonly RepositoryLabel[] = [{ label: 'team', property: 'team', values: [] }];

function options(storageUrl: string, repositoryLabels: readonly RepositoryLabel[]): EngineOptions {
  return {
    ...{ storageUrl, storagePassword: null, retentionMs: null, stepsRetentionMs: null },
    ...{ batchSize: 64, atOnce: 256, maxAttempts: 8, priceRules: [], ttlMs: 60_000 },
    metrics: {
      durationBucketsMs: DURATION_BUCKETS_MS,
      ...{
        stepDurations: false,
        failedSteps: false,
        createdTimestamps: false,
        compat: { sets: [], branches: [], fullJobNames: false },
        exemplars: false,
      },
      ...{ labelPolicy: new Map(), labelPatterns: new Map(), branchGroups: [], branchBases: false },
      ...{ repositoryLabels, maxSeries: 1000, idleExpiryMs: null },
    },
    otlp: NO_OTLP,
    push: {
      ...{ sinks: [], extraLabels: [], version: '0', batchSize: 1, batchAgeMs: 1, resendWindowMs: 0 },
      ...{ maxSizeBytes: 1, maxAgeMs: 1, closeGraceMs: 1, timeoutMs: 1 },
    },
    memory: { workingSetBytes: 1_000_000, storeBytes: null },
    time: timeOf(Date.now),
    changed: new SharedMoment(),
    lead: new SharedLease(),
    self: { host: 'here', version: '0', configHash: '' },
    logger: SILENT,
    asksReasons: false,
  };
}

/** A job that runs, or is over, in a run of its own. */
function jobOf(runId: number, status: 'in_progress' | 'completed', repository: object): Delivery {
  const time = new Date(Date.now() - 60_000).toISOString();
  const job = {
    ...{
      id: 1000 + runId,
      run_id: runId,
      name: 'build',
      workflow_name: 'CI',
      status,
      labels: ['x'],
      runner_id: 1,
    },
    ...{ created_at: time, started_at: time, completed_at: status === 'completed' ? time : null, steps: [] },
    conclusion: status === 'completed' ? 'success' : null,
  };
  return {
    ...{ guid: `job ${runId}`, event: 'workflow_job', action: status, source: 'webhook' },
    receivedAtMs: Date.now(),
    payload: JSON.stringify({ workflow_job: job, repository }),
  } as Delivery;
}

/** The series of jobs that ended well or run, with their values. */
async function jobsIn(engine: RunningEngine): Promise<string[]> {
  const text = Buffer.from(await engine.scrape({ format: 'text', scope: 'shared' }, [])).toString();
  return text.split('\n').flatMap((line) => {
    const [, labels = '', value = ''] =
      /^github_actions_(?:jobs_total|active_jobs)\{(.*)\} (\d+)$/.exec(line) ?? [];
    return /status=|conclusion="success"/.test(labels)
      ? [`${labels.replace(/workflow="CI",(job_name="build",)?runs_on="x",/, '')} ${value}`]
      : [];
  });
}

/** Waits until it does. */
async function shows(engine: RunningEngine, expected: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (isDeepStrictEqual((await jobsIn(engine)).sort(), expected)) return;
    await sleep(20);
  }
  assert.deepEqual((await jobsIn(engine)).sort(), expected);
}

for (const database of ['sqlite', 'postgres'] as const) {
  test(`${database}: a reload gives new series other labels, and a restart keeps all of them`, async () => {
    using folder = openTemporaryFolder();
    const url = database === 'sqlite' ? `sqlite:${join(folder.path, 'a.db')}` : await server.createDatabase();
    const engine = await startEngine(options(url, []));
    const ofTeam = { id: 7, full_name: 'o/r', custom_properties: { team: 'payments' } };
    await engine.accept([jobOf(1, 'completed', ofTeam)]);
    await engine.configure(options(url, TEAM));
    await engine.accept([jobOf(2, 'completed', ofTeam)]);
    // Without properties, and under a new name: what is known of the repository holds.
    await engine.accept([jobOf(3, 'completed', { id: 7, full_name: 'o/renamed' })]);
    await engine.accept([
      jobOf(4, 'in_progress', ofTeam),
      jobOf(5, 'completed', { id: 8, full_name: 'o/other' }),
    ]);
    const expected = [
      'repository="o/other",conclusion="success",team="none" 1',
      'repository="o/r",conclusion="success" 1',
      'repository="o/r",conclusion="success",team="payments" 1',
      'repository="o/r",status="in_progress",team="payments" 1',
      'repository="o/renamed",conclusion="success",team="payments" 1',
    ].sort();
    await shows(engine, expected);
    const [entry] = (await engine.explainJob(1003)).observations;
    assert.deepEqual(entry?.repositoryLabels, [{ label: 'team', value: 'payments', from: 'known' }]);
    if (database === 'postgres') {
      const other = await startEngine(options(url, TEAM));
      await shows(other, expected);
      await other.accept([jobOf(6, 'completed', { id: 7, full_name: 'o/r' })]);
      await engine.accept([jobOf(7, 'completed', { id: 7, full_name: 'o/r' })]);
      expected.splice(expected.indexOf('repository="o/r",conclusion="success",team="payments" 1'), 1);
      expected.push('repository="o/r",conclusion="success",team="payments" 3');
      expected.sort();
      await shows(other, expected);
      await shows(engine, expected);
      await other.close();
    }
    await engine.close();
    const again = await startEngine(options(url, TEAM));
    await shows(again, expected);
    // An event of the properties alone changes the gauges at once.
    await again.accept([
      {
        ...{ guid: 'changed', event: 'custom_property_values', action: 'updated', source: 'webhook' },
        receivedAtMs: Date.now() + 1000,
        payload: JSON.stringify({ repository: { ...ofTeam, custom_properties: { team: 'web' } } }),
      } as Delivery,
    ]);
    const changed = expected.map((line) =>
      line.includes('in_progress') ? line.replace('payments', 'web') : line,
    );
    await shows(again, changed.sort());
    await again.close();
  });
}
