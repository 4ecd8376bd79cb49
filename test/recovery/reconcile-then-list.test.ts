import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf, MAX_DELAY_MS, type SimulatedDelivery } from '../../simulator/deliveries.ts';
import { createRandom } from '../../simulator/random.ts';
import { openSimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import { truthOf } from '../../simulator/truth.ts';
import { pastWorld, type World } from '../../simulator/world.ts';
import type { Unfinished } from '../../src/domain/unfinished.ts';
import { openHistory } from '../../src/github/history.ts';
import { openInquiry } from '../../src/github/inquiry.ts';
import { listRepository } from '../../src/sync/listing.ts';
import { countedAtOnce } from '../counted-at-once.ts';
import { openTestClient } from '../fixtures/fake-github.ts';
import { surroundings } from '../fixtures/history.ts';
import { END_MS, TOKEN } from '../fixtures/simulated-rest.ts';
import { timeOf } from '../fixtures/time.ts';
import { deliveryOf, openPipeline } from '../pipeline.ts';
import { parseExposition } from '../samples.ts';
import { DISPATCHES, withoutGates } from './lossy-github.ts';

/*
 * Reconciliation asks about one attempt of a run; that must not keep the listing from its other attempts.
 */

const HOUR_MS = 3_600_000;
const SHARE_LOST = 1 / 3;

test('asking about one attempt of a re-run leaves the losses of the others to the listing', async () => {
  const world = withoutGates(
    pastWorld({ seed: 're-runs', runs: 80, inFlight: 0.1, endMs: END_MS, spanMs: 12 * HOUR_MS }),
  );
  await using stage = await openStage(world);
  const random = createRandom('re-runs/losses');
  const kept = [...deliveriesOf(world)].filter(() => !random.chance(SHARE_LOST));
  await stage.pipeline.accept(
    kept.map(({ guid, event, body, atMs }) => deliveryOf({ guid, event, body: body() }, atMs)),
  );
  const asked = latestOfReruns(world);
  assert.ok(asked.length > 3, `${asked.length} re-runs`);
  for (const known of asked) {
    const finding = await stage.inquiry.about(known);
    if (finding.kind === 'changed') await stage.pipeline.engine.accept(finding.deliveries);
  }
  const before = await stage.faults();
  assert.ok(before > 0, 'earlier attempts are not known by that');

  const first = await stage.list();
  assert.equal(await stage.faults(), 0);
  const again = await stage.list();
  assert.ok(first > 60 && again < first / 4, `${first} runs read, then ${again}`);
});

async function openStage(world: World) {
  const clock = { nowMs: END_MS + MAX_DELAY_MS };
  const now = () => clock.nowMs;
  const limits = { pointsPerMinute: 100_000, perHour: 100_000 };
  const options = { world, clock: now, personalTokens: [TOKEN], limits, touched: 0 };
  const github = await openSimulatedGitHub(options);
  const client = openTestClient(github.url, { token: TOKEN }, clock);
  const pipeline = await openPipeline({ clock });
  const history = openHistory({ github: client.github, hasApp: false, clock: now, steady: now });
  return {
    pipeline,
    inquiry: openInquiry(client.github, timeOf(now)),
    /** Lists all repositories; returns how many runs were read. */
    async list() {
      let read = 0;
      for (const { fullName: repository } of world.population.repositories) {
        const wish = { repository, sinceMs: world.startMs, priority: 'recovery' } as const;
        const pass = await listRepository({ ...surroundings(), ...wish, history, engine: pipeline.engine });
        assert.ok(pass.isComplete);
        read += pass.read;
      }
      return read;
    },
    /** How many lines differ from the truth. */
    async faults() {
      await pipeline.process();
      const [shown, truth] = [await pipeline.text(), truthOf(world, clock.nowMs)].map(
        (text) =>
          new Set(countedAtOnce(parseExposition(text)).filter((line) => !line.startsWith(DISPATCHES))),
      ) as [Set<string>, Set<string>];
      return shown.symmetricDifference(truth).size;
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await pipeline[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
    },
  };
}

/** The latest attempts of runs that have more than one, as if their ends had not arrived. */
function latestOfReruns(world: World): Unfinished[] {
  const latest = new Map<number, Unfinished>();
  for (const delivery of deliveriesOf(world)) {
    const known = attemptOf(delivery);
    if (known !== null && known.runAttempt > 1) latest.set(known.runId, known);
  }
  return [...latest.values()];
}

function attemptOf(delivery: SimulatedDelivery): Unfinished | null {
  const { workflow_run: run, repository } = JSON.parse(delivery.body());
  if (run === undefined) return null;
  return {
    ...{ jobId: null, runId: run.id, runAttempt: run.run_attempt, repository: repository.full_name },
    ...{ workflow: '', name: '', status: 'queued', statusAtMs: END_MS },
  };
}
