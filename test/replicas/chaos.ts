import assert from 'node:assert/strict';
import { createRandom } from '../../simulator/random.ts';
import { type ChaosWorld, chaosWorld } from './chaos-world.ts';
import { type DisasterName, Disasters } from './disasters.ts';
import { expectExact } from './expect-exact.ts';
import { apiAddressOf, type Fleet, settled, until, webhookUrlsOf } from './fleet.ts';
import { Hook, type HookCounts } from './hook.ts';
import { Scraper } from './scraper.ts';

const SENDERS = 16;

export interface ChaosOptions {
  readonly seed: string;
  readonly runs: number;
  /** One group after the other, spread over all letters; those of a group at the same time. */
  readonly disasters: readonly (readonly DisasterName[])[];
  readonly scrapeEveryMs: number;
  /** As `HookOptions.doubled`; default: a fifth. */
  readonly doubled?: number;
}

export interface ChaosFigures extends HookCounts {
  readonly letters: number;
  readonly disasters: Readonly<Record<string, number>>;
  readonly scrapes: number;
  readonly refusedScrapes: number;
  readonly samples: number;
}

/** Sends a world to a fleet to which all that happens, and expects that its numbers are exact. Answers what it was. */
export async function chaos(fleet: Fleet, options: ChaosOptions): Promise<ChaosFigures> {
  const { seed, runs, disasters, scrapeEveryMs } = options;
  const world = chaosWorld(seed, runs);
  const scraper = new Scraper({
    everyMs: scrapeEveryMs,
    addresses: [
      () => fleet.apiAddress,
      ...fleet.replicas.map(
        ({ service }) =>
          () =>
            apiAddressOf(service),
      ),
    ],
  });
  const scraping = scraper.run();
  let counts: HookCounts;
  try {
    counts = await sendThrough(fleet, world, options);
    await settled(fleet);
  } finally {
    scraper.stop();
    await scraping;
  }
  await expectExact(fleet, world);
  assert.deepEqual(scraper.faults.slice(0, 10), [], 'scrapes');
  return {
    ...counts,
    letters: world.letters.length,
    disasters: Object.fromEntries(
      Object.entries(Object.groupBy(disasters.flat(), (name) => name)).map(([name, all]) => [
        name,
        all?.length ?? 0,
      ]),
    ),
    scrapes: scraper.scrapes,
    refusedScrapes: scraper.refused,
    samples: world.samples.length,
  };
}

async function sendThrough(
  fleet: Fleet,
  { letters }: ChaosWorld,
  { seed, disasters, doubled = 0.2 }: ChaosOptions,
): Promise<HookCounts> {
  const random = createRandom(`chaos ${seed}`);
  const hook = new Hook({
    letters,
    url: fleet.webhookUrl,
    replicaUrls: () => webhookUrlsOf(fleet.replicas),
    random,
    senders: SENDERS,
    doubled,
  });
  const sending = hook.run();
  const failed = sending.then(() => new Promise<never>(() => {}));
  failed.catch(() => undefined);
  const part = letters.length / disasters.length;
  const running = new Disasters(fleet, random);
  for (const [index, group] of disasters.entries()) {
    // It happens in the middle of a part, and the next part begins when it is over: however fast anything is.
    hook.allow(part * (index + 1));
    const isReached = () => hook.counts.accepted >= part * (index + 0.3);
    await Promise.race([until(`letters are not accepted before ${group}`, isReached), failed]);
    await Promise.race([Promise.all(group.map((name) => running.happen(name))), failed]);
  }
  hook.allow(letters.length);
  await sending;
  return hook.counts;
}
