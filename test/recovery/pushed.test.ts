import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { deliveriesOf } from '../../src/simulator/deliveries.ts';
import { createRandom } from '../../src/simulator/random.ts';
import { truthSamplesOf } from '../../src/simulator/truth-samples.ts';
import { runsOf, type World } from '../../src/simulator/world.ts';
import { expectSamples, readExpected } from '../push/expected-samples.ts';
import { drained, expectNoneRejected, until } from '../push/receivers.ts';
import { type Samples, sumOf } from '../samples.ts';
import { type RunningVictoriaMetrics, startVictoriaMetrics } from '../victoria-metrics.ts';
import { DISPATCHES, letPass, openTold, type Told, withoutGates, worldOf } from './told-github.ts';

/*
 * What webhooks lost and GitHub's API gave back is pushed as what came: a real VictoriaMetrics has each event once, with GitHub's own
 * time, while reconciliation asks too; and it costs few requests.
 */

/** For each delivery that is lost, whatever else is asked meanwhile. */
const MOST_REQUESTS = 2;
/** Only reconciliation asks about a job by itself. */
const JOB = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}';
/** They are not what is looked at here. */
const LIMITS = { pointsPerMinute: 100_000, perHour: 100_000 };
const EVENTS = '{__name__=~"github_actions_event_.+"}';

test('a fifth of the webhooks is lost; with the log of the hook the receiver has every sample, exactly', async (context) => {
  const world = rerunWorld('pushed-log');
  await using victoria = await startVictoriaMetrics();
  await using told = await openTold({ world, env: pushingTo(victoria), limits: LIMITS });
  const lost = await tellLossy(told, world);
  const samples = await expectTruth(told, victoria, world);
  assert.equal(recovered(samples, 'redelivery'), lost);
  expectFewRequests(told, lost, context);
});

test('the same where no hook may be read, with lists of runs and jobs', async (context) => {
  const world = rerunWorld('pushed-lists');
  await using victoria = await startVictoriaMetrics();
  await using told = await openTold({ world, env: pushingTo(victoria), hooks: [], limits: LIMITS });
  await told.service.stop();
  letPass(told.service.folder, Date.now() - world.startMs);
  await told.service.start();
  const lost = await tellLossy(told, world);
  const samples = await expectTruth(told, victoria, world);
  assert.equal(recovered(samples, 'redelivery'), 0);
  assert.ok(recovered(samples, 'api') > 0);
  expectFewRequests(told, lost, context);
});

/** Without gates; some runs have more than one attempt. */
function rerunWorld(seed: string): World {
  const world = withoutGates(worldOf(seed));
  const reruns = [...runsOf(world)].filter(({ attempts }) => attempts.length > 1);
  assert.ok(reruns.length > 0, `${reruns.length} re-runs`);
  return world;
}

function pushingTo({ url }: RunningVictoriaMetrics): Record<string, string> {
  return {
    ANT_WATCHER_PUSH_URL: `vm=${url}`,
    ANT_WATCHER_PUSH_PROTOCOL: 'victoriametrics',
    ANT_WATCHER_PUSH_BATCH_AGE: '20ms',
    // Looked after all the time, from the beginning on.
    ANT_WATCHER_RECOVERY_RECONCILE_AFTER: '2s',
  };
}

async function tellLossy(told: Told, world: World): Promise<number> {
  const random = createRandom(`${world.seed}/losses`);
  const { lost } = await told.tell(deliveriesOf(world), () => random.chance(0.2));
  assert.ok(lost > 100, `${lost} lost`);
  return lost;
}

/** Both `/metrics` and the receiver have the truth, and nothing else. */
async function expectTruth(told: Told, victoria: RunningVictoriaMetrics, world: World): Promise<Samples> {
  await until('nothing is reconciled', () => told.github.requests.total(JOB) > 0);
  const { samples, faults } = await told.whole([DISPATCHES]);
  assert.deepEqual(faults, []);
  await drained(told.service);
  const expected = readExpected(truthSamplesOf(world));
  assert.ok(
    expected.some(({ timesMs }) => timesMs.length > 1),
    'executions that later attempts tell of again',
  );
  expectSamples(await victoria.samples(EVENTS), expected, 'victoria');
  await expectNoneRejected(told.service);
  return samples;
}

function expectFewRequests({ github }: Told, lost: number, context: TestContext): void {
  const [requests, asked] = [github.requests.total(), github.requests.total(JOB)];
  const text = `${requests} requests for ${lost} lost deliveries, ${asked} of them for jobs under way`;
  context.diagnostic(text);
  assert.ok(requests <= MOST_REQUESTS * lost, text);
}

function recovered(samples: Samples, source: string): number {
  return sumOf(samples, 'ant_watcher_recovered_deliveries_total', { source });
}
