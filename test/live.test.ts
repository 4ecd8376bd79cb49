import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { pastWorld, runsOf } from '../simulator/world.ts';
import { diffOf } from '../src/domain/now-diff.ts';
import type { Now, NowGroup } from '../src/domain/openapi-types.ts';
import { deliver } from './delivered-world.ts';
import { LiveReader } from './live-stream.ts';
import { assertAnswers } from './openapi.ts';
import { until } from './push/receivers.ts';
import { labelsOf, type Samples, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/*
 * What waits and runs, as the real process answers it and as its streams follow it.
 */

const HOUR_MS = 3_600_000;
const SEED = 'alive';
const endMs = Math.floor(Date.now() / 1000) * 1000;
const GHOST = 'github_actions_stale_jobs';
const ACTIVE = 'github_actions_active_jobs';
const OLDEST = 'github_actions_oldest_active_job_timestamp_seconds';

async function now(service: Service, parameters = ''): Promise<Now> {
  const response = await service.get(`/api/v1/now?${parameters}`);
  assert.equal(response.status, 200);
  const answer = await response.json();
  assertAnswers('Now', answer);
  return answer as Now;
}

async function openReader(service: Service, parameters = ''): Promise<LiveReader> {
  const reader = new LiveReader(await service.get(`/api/v1/live?${parameters}`));
  await until('The stream does not begin.', () => reader.known !== null);
  return reader;
}

test(`streams and answers agree with the gauges to the last job (seed ${SEED}, end ${endMs})`, async () => {
  const spanMs = 12 * HOUR_MS;
  const world = pastWorld({ seed: SEED, runs: 40, inFlight: 0.4, endMs, spanMs });
  // What waited three days ago, and was never heard of again, is a ghost.
  const lost = pastWorld({ seed: 'lost', runs: 25, inFlight: 1, endMs: endMs - 72 * HOUR_MS, spanMs });
  const repository = [...runsOf(world)].at(-1)?.repository.fullName ?? '';
  const filter = `repository=${encodeURIComponent(repository)}`;
  await using service = await startService();
  const readers = await Promise.all([openReader(service), openReader(service), openReader(service, filter)]);
  assert.equal((await now(service)).freshness.state, 'blind', 'nothing has arrived yet');

  const deliveries = [...deliveriesOf(lost), ...deliveriesOf(world)];
  const half = Math.floor(deliveries.length / 2);
  // The second half arrives in reverse, and some of the first once more.
  const sent = [...deliveries.slice(0, half), ...deliveries.slice(half - 20).reverse()];
  await deliver(service, sent);

  await expectAgreement(service);
  for (const [reader, parameters] of [
    [readers[0], ''],
    [readers[1], ''],
    [readers[2], filter],
  ] as const) {
    const answer = await now(service, parameters);
    await until('A stream is behind.', () => reader?.known != null && diffOf(reader.known, answer) === null);
    assert.equal(reader?.events.filter((name) => name === 'now').length, 1);
    assert.ok(reader?.events.includes('diff'));
  }

  const { code } = await service.stop();
  assert.equal(code, 0);
  await until('A stream goes on.', () => readers.every(({ isEnded }) => isEnded));
  await service.start();
  const { freshness } = await expectAgreement(service);
  assert.equal(freshness.state, 'fresh', 'what it knows is stored');
  const again = await openReader(service);
  const answer = await now(service);
  assert.deepEqual(again.known?.totals.queued, answer.totals.queued);
  again.close();
});

async function expectAgreement(service: Service): Promise<Now> {
  const samples = await service.settled();
  const answer = await now(service);
  const { totals, groups, jobs } = answer;
  assert.ok(totals.queued > 0 && totals.in_progress > 5 && totals.stale > 0, JSON.stringify(totals));
  expectCounts(totals, samples, {});
  assert.equal(totals.stale, sumOf(samples, GHOST));
  const labels = [...samples.keys()].map(labelsOf).filter(({ name }) => name === ACTIVE);
  const active = groups.filter(({ queued, waiting, in_progress }) => queued + waiting + in_progress > 0);
  assert.deepEqual(
    new Set(active.map(({ runs_on }) => runs_on)),
    new Set(labels.map(({ labels: { runs_on } }) => runs_on)),
  );
  for (const group of active) expectCounts(group, samples, { runs_on: group.runs_on });
  assert.equal(jobs.length, totals.queued + totals.waiting + totals.in_progress, 'all fit on one page');
  const ghosts = await now(service, 'stale=true');
  assert.equal(ghosts.jobs.length, totals.stale);
  return answer;
}

function expectCounts(
  shown: Omit<NowGroup, 'runs_on'>,
  samples: Samples,
  labels: Readonly<Record<string, string>>,
): void {
  const count = (...statuses: string[]) =>
    statuses.reduce((sum, status) => sum + sumOf(samples, ACTIVE, { ...labels, status }), 0);
  assert.equal(shown.queued, count('queued', 'requested'));
  assert.equal(shown.waiting, count('waiting', 'pending'));
  assert.equal(shown.in_progress, count('in_progress'));
  const runsOn = labels['runs_on'];
  if (runsOn === undefined || shown.queued === 0) return;
  const oldest = sumOf(samples, OLDEST, { runs_on: runsOn, status: 'queued' });
  assert.equal(Date.parse(shown.oldest_queued_at ?? '') / 1000, oldest);
}
