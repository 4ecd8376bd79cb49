import { createRandom, type Random } from '../../simulator/random.ts';
import { longTest } from '../long-form.ts';
import { chaos } from './chaos.ts';
import type { DisasterName } from './disasters.ts';
import { startFleet } from './fleet.ts';

/*
 * The same for long, and with everything that can happen: ANT_WATCHER_TEST_LONG is for how many minutes.
 */

const MINUTES = Number(process.env['ANT_WATCHER_TEST_LONG'] ?? 0);
const SEED = process.env['ANT_WATCHER_TEST_SEED'] ?? 'mites';
/** About so much in a minute. */
const GROUPS = 6;
const RUNS = 40;
const TOGETHER = 0.3;
const MINUTE_MS = 60_000;

const KINDS: readonly { readonly name: DisasterName; readonly weight: number }[] = [
  { name: 'kill', weight: 4 },
  { name: 'kill leader', weight: 2 },
  { name: 'pause', weight: 2 },
  { name: 'pause for long', weight: 1 },
  { name: 'stop database', weight: 2 },
  { name: 'cut', weight: 2 },
  { name: 'cut after commit', weight: 4 },
  { name: 'cut all', weight: 1 },
  { name: 'hold', weight: 2 },
  { name: 'delay', weight: 1 },
  { name: 'restart', weight: 2 },
];

longTest(
  `for ${MINUTES} minutes, everything happens to three replicas and their database: all show the truth, and no counter goes back`,
  async (t) => {
    const random = createRandom(`long ${SEED}`);
    await using fleet = await startFleet({ count: 3, longestMs: (5 * MINUTES + 10) * MINUTE_MS });
    const groups = Array.from({ length: Math.ceil(GROUPS * MINUTES) }, () => groupOf(random));
    const startedAtMs = performance.now();
    const figures = await chaos(fleet, {
      seed: SEED,
      runs: Math.ceil(RUNS * MINUTES),
      // A minute without a database is once enough.
      disasters: [...groups, ['long stop of database']],
      scrapeEveryMs: 500,
    });
    const minutes = Math.round((performance.now() - startedAtMs) / MINUTE_MS);
    t.diagnostic(`seed ${SEED}: ${JSON.stringify({ ...figures, minutes })}`);
  },
);

function groupOf(random: Random): DisasterName[] {
  const { name } = random.weighted(KINDS);
  return random.chance(TOGETHER) ? [name, random.weighted(KINDS).name] : [name];
}
