import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { forgettableBeforeMs } from '../src/domain/forgetting.ts';
import { openHistory } from '../src/github/history.ts';
import { listRepository } from '../src/sync/listing.ts';
import { SILENT } from './fixtures/logger.ts';
import { forgetRuns } from './forget-runs.ts';
import { countedOf, historiesOfRuns, openPast, type PastRun } from './past-runs.ts';
import { deliveryOf, openPipeline, type Pipeline } from './pipeline.ts';
import { NOW, smallWorlds, underOtherId } from './small-worlds.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * Runs that ended long ago are reported again: by lists, by a hook's log, by a recording. Nothing counts
 * twice, and nothing unwanted counts.
 */

const DAY_MS = 86_400_000;
const RETENTION_MS = 40 * DAY_MS;

/** Ghosts leave their gauge when they are forgotten. */
async function numbersOf(pipeline: Pipeline): Promise<string[]> {
  const lines = (await pipeline.text()).split('\n');
  return lines.filter((line) => line !== '' && !/^(# (HELP|TYPE) )?github_actions_stale_/.test(line));
}

test('a forgotten run that is reported again, in any order and after a restart, changes nothing', async () => {
  let forgotten = 0;
  const ages = fc.constantFrom(30, 41, 74, 80, 400);
  const ways = fc.constantFrom('webhook', 'redelivery', 'api', 'replay');
  const property = fc.asyncProperty(smallWorlds, ages, ways, fc.nat(), async (world, days, source, turn) => {
    using folder = openTemporaryFolder();
    const url = `sqlite:${join(folder.path, 'state.db')}`;
    const clock = { nowMs: NOW };
    await using pipeline = await openPipeline({ url, clock });
    await pipeline.accept(world.map((sent) => deliveryOf(sent, NOW)));
    await pipeline.settle();
    clock.nowMs += days * DAY_MS;
    forgotten += await forgetRuns(pipeline, forgettableBeforeMs(RETENTION_MS, clock.nowMs));
    const before = await numbersOf(pipeline);
    await pipeline[Symbol.asyncDispose]();
    await using again = await openPipeline({ url, clock, batchSize: 2 });
    // A dispatch has neither a run nor a time: it is known by its delivery alone.
    const repeated = world.filter(({ event }) => event !== 'workflow_dispatch').map(underOtherId);
    const at = turn % (repeated.length + 1);
    const order = [...repeated.slice(at), ...repeated.slice(0, at)];
    await again.accept(order.map((sent) => ({ ...deliveryOf(sent, clock.nowMs), source })));
    await again.settle();
    assert.deepEqual(await numbersOf(again), before);
  });
  await fc.assert(property, { numRuns: 60 });
  assert.ok(forgotten > 40, `only ${forgotten} states were forgotten`);
});

/** What happens to a service that reads lists: a look back so far, or so many idle days. */
type Happening = { readonly lookBackDays: number } | { readonly passDays: number };

const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    fc.record({ lookBackDays: fc.constantFrom(1, 3, 30) }),
    fc.record({ passDays: fc.constantFrom(0.5, 9, 38, 50) }),
  ),
  { minLength: 1, maxLength: 8 },
);

test('from lists that reach back for years, each look counts what ended within its range, once', async () => {
  let [counted, forgotten] = [0, 0];
  const property = fc.asyncProperty(historiesOfRuns, happenings, async (runs, story) => {
    using folder = openTemporaryFolder();
    const url = `sqlite:${join(folder.path, 'state.db')}`;
    const clock = { nowMs: NOW };
    const looks: { nowMs: number; sinceMs: number }[] = [];
    for (const happening of story) {
      // Each step is a separate process.
      await using pipeline = await openPipeline({ url, clock });
      if ('passDays' in happening) {
        clock.nowMs += happening.passDays * DAY_MS;
        forgotten += await forgetRuns(pipeline, forgettableBeforeMs(0, clock.nowMs));
        for (let isRound = false; !isRound; )
          ({ isRound } = await pipeline.store.forgetSeen(clock.nowMs - 8 * DAY_MS, 100));
      } else {
        const sinceMs = clock.nowMs - happening.lookBackDays * DAY_MS;
        looks.push({ nowMs: clock.nowMs, sinceMs });
        await look(pipeline, runs, clock.nowMs, sinceMs);
      }
    }
    await using pipeline = await openPipeline({ url, clock });
    const shown = await pipeline.text();
    const expected = countedOf(runs, looks);
    assert.deepEqual(
      [sumIn(shown, 'github_actions_runs_total'), sumIn(shown, 'github_actions_jobs_total')],
      [expected.attempts, expected.jobs],
    );
    counted += expected.jobs;
  });
  await fc.assert(property, { numRuns: 100 });
  assert.ok(counted > 30 && forgotten > 10, `${counted} jobs counted, ${forgotten} states forgotten`);
});

async function look(
  pipeline: Pipeline,
  runs: readonly PastRun[],
  nowMs: number,
  sinceMs: number,
): Promise<void> {
  const github = openPast(runs, nowMs);
  const pass = await listRepository({
    history: openHistory({ github, hasApp: false, clock: () => nowMs, steady: () => nowMs }),
    engine: pipeline.engine,
    repository: 'o/r',
    sinceMs,
    createdSinceMs: 0,
    priority: 'poll',
    logger: SILENT,
    meter: { add() {} },
  });
  assert.equal(pass.isComplete, true);
  await pipeline.process();
}

function sumIn(text: string, metric: string): number {
  const values = text.split('\n').flatMap((line) => (line.startsWith(`${metric}{`) ? [line] : []));
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
