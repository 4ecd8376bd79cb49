import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { annotatedJob } from '../simulator/annotations.ts';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { executionsOf, lastReported, nameOf, placeOf } from '../simulator/truth-reported.ts';
import { pastWorld, runsOf } from '../simulator/world.ts';
import type { Failures, Run } from '../src/domain/openapi-types.ts';
import { openAskedGitHub } from './asked-github.ts';
import { deliver } from './delivered-world.ts';
import { type Replica, startFleet } from './replicas/fleet.ts';
import { linesOf, type Samples, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/*
 * What the annotations of failed jobs say, from a simulated GitHub through the real process to metrics and the read
 * API.
 */

const PATIENCE_MS = 400_000;
const REASONS = 'github_actions_job_failure_reasons_total';
const ASKED = 'ant_watcher_failures_asked_total';
const ROUTE = 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations';

/** All of it ended minutes ago, so that GitHub is asked at once. */
const endMs = Math.floor(Date.now() / 1000) * 1000 - 300_000;
const world = pastWorld({ seed: 'reasons', runs: 60, inFlight: 0, endMs, spanMs: 86_400_000 });

/** What each execution that is worth a request says. */
function saidOf(): readonly {
  readonly line: string;
  readonly isCounted: boolean;
  readonly isFailure: boolean;
}[] {
  return [...runsOf(world)].flatMap((run) =>
    run.attempts
      .flatMap(executionsOf)
      .filter((job) => lastReported(job, endMs)?.status === 'completed')
      .filter(
        ({ failure, conclusion, kind }) => failure !== null || (conclusion === 'cancelled' && kind === 'ran'),
      )
      .map((job) => {
        const { reason } = annotatedJob(job);
        const { repository, workflow } = placeOf(run);
        const labels = `repository="${repository}",workflow="${workflow}",job_name="${nameOf(job)}",reason="${reason}"`;
        const isCancelled = job.conclusion === 'cancelled';
        const explainsCancel = reason === 'timeout' || reason === 'cancelled_by_concurrency';
        return {
          line: `${REASONS}{${labels}}`,
          isCounted: !isCancelled || explainsCancel,
          isFailure: job.failure !== null,
        };
      }),
  );
}

const SAID = saidOf();
const EXPECTED = Array.from(
  Map.groupBy(
    SAID.filter(({ isCounted }) => isCounted),
    ({ line }) => line,
  ),
  ([line, all]) => `${line} ${all.length}`,
).sort();

async function openGitHub(context: TestContext) {
  const { github, environment } = await openAskedGitHub(context, world);
  return { github, env: environment({ ANT_WATCHER_GITHUB_ANNOTATIONS: 'true' }) };
}

/** A pass is made once a minute. Several may be needed. */
async function until(failure: string, isDone: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await isDone())) {
    if (Date.now() > deadlineMs) throw new Error(failure);
    await sleep(200);
  }
}

function readOf(samples: Samples): number {
  return sumOf(samples, ASKED, { outcome: 'read' });
}

async function whenRead(service: Service): Promise<Samples> {
  await until('annotations are missing', async () => readOf(await service.metrics()) === SAID.length);
  return service.metrics();
}

test('what waits to be asked about is asked about after a restart, and counts once', async (context) => {
  const { github, env } = await openGitHub(context);
  await using service = await startService({ env });
  await deliver(service, deliveriesOf(world));
  await service.settled();
  await service.kill();
  await service.start();
  assert.deepEqual(linesOf(await whenRead(service), REASONS).sort(), EXPECTED);
  const asked = github.requests.answers(ROUTE).get(200);
  await deliver(service, deliveriesOf(world));
  await service.stop();
  await service.start();
  assert.deepEqual(linesOf(await whenRead(service), REASONS).sort(), EXPECTED);
  assert.equal(github.requests.answers(ROUTE).get(200), asked);
  const from = new Date(world.startMs - 60_000).toISOString();
  const answer = await fetch(`${service.apiUrl}/api/v1/failures?from=${from}&limit=500`);
  const { rows } = (await answer.json()) as Failures;
  const counted = rows.reduce((sum, { reason, count }) => sum + (reason === null ? 0 : count), 0);
  assert.equal(counted, SAID.filter(({ isCounted, isFailure }) => isCounted && isFailure).length);
  assert.equal(
    rows.some(({ exit_code }) => exit_code !== null),
    SAID.some(({ line, isFailure }) => isFailure && line.includes('"exit_code"')),
  );
  const explained = rows.find(({ reason }) => reason !== null) ?? assert.fail('no row has a reason');
  for (const { run_id, run_attempt, job_id } of explained.runs) {
    const ofRun = await fetch(`${service.apiUrl}/api/v1/runs/${run_id}?attempt=${run_attempt}`);
    const job = ((await ofRun.json()) as Run).jobs.find((each) => each.job_id === job_id);
    assert.deepEqual([job?.reason, job?.exit_code], [explained.reason, explained.exit_code]);
  }
});

test('without the permission nothing is counted, and deliveries go on', async (context) => {
  const { github, env } = await openGitHub(context);
  github.withdrawn.add('checks');
  await using service = await startService({ env });
  await deliver(service, deliveriesOf(world));
  await service.settled();
  await service.stop();
  await service.start();
  await until('nobody asked', async () => (github.requests.answers(ROUTE).get(403) ?? 0) > 0);
  const samples = await service.metrics();
  assert.deepEqual(linesOf(samples, REASONS), []);
  assert.equal(readOf(samples), 0);
});

test('of replicas the leader asks, once, and all show the same', async (context) => {
  const { github, env } = await openGitHub(context);
  await using fleet = await startFleet({ count: 2, env: () => env });
  const [first, second] = fleet.replicas as [Replica, Replica];
  await deliver(first.service, deliveriesOf(world));
  await first.service.settled();
  // The other one leads then, and goes on.
  await first.service.stop();
  assert.deepEqual(linesOf(await whenRead(second.service), REASONS).sort(), EXPECTED);
  const asked = github.requests.answers(ROUTE).get(200) ?? 0;
  // An answer that was under way as the first one stopped is asked for again.
  assert.ok(asked === SAID.length || asked === SAID.length + 1, `${asked}`);
  await first.service.start();
  assert.deepEqual(linesOf(await whenRead(first.service), REASONS).sort(), EXPECTED);
  assert.equal(github.requests.answers(ROUTE).get(200), asked);
});
