import assert from 'node:assert/strict';
import { expectSamples } from '../push/expected-samples.ts';
import { linesOf, type Samples, sumOf } from '../samples.ts';
import { expectWholeTruth } from '../whole-truth.ts';
import type { ChaosWorld } from './chaos-world.ts';
import { type Fleet, samplesOf, until } from './fleet.ts';

const EVENTS = '{__name__=~"github_actions_event_.+"}';

/** All replicas and the receiver have the truth, and nothing was counted twice. */
export async function expectExact(fleet: Fleet, world: ChaosWorld): Promise<void> {
  for (const { service, name } of fleet.replicas) {
    const samples = (await samplesOf(service)) ?? assert.fail(`${name} does not answer`);
    expectWholeTruth(samples, world.truth());
    assert.equal(sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'accepted' }), world.ids, name);
    assert.equal(sumOf(samples, 'ant_watcher_queue_deliveries', { state: 'parked' }), 0, name);
    assert.equal(
      sumOf(samples, 'ant_watcher_samples_total', { outcome: 'sent' }),
      world.samples.length,
      `samples sent, as ${name} says`,
    );
  }
  await expectAlike(fleet);
  expectSamples(await fleet.victoria.samples(EVENTS), world.samples, 'VictoriaMetrics');
}

/** All counters of all replicas are the same: those that count requests, too, once nobody asks meanwhile. */
async function expectAlike({ replicas }: Fleet): Promise<void> {
  let lines: string[][] = [];
  await until('the replicas differ', async () => {
    const each = await Promise.all(replicas.map(({ service }) => samplesOf(service)));
    lines = each.map((samples) => (samples === null ? ['no answer'] : countersOf(samples)));
    return lines.every((own) => own.join('\n') === lines[0]?.join('\n'));
  }).catch((error) => {
    for (const own of lines) assert.deepEqual(own, lines[0]);
    throw error;
  });
}

function countersOf(samples: Samples): string[] {
  return linesOf(samples, '').filter((line) => /^\w+_(total|bucket|sum|count)[ {]/.test(line));
}
