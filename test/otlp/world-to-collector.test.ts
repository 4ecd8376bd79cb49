import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { disturb } from '../../simulator/disturbance.ts';
import { createRandom } from '../../simulator/random.ts';
import { pastWorld, type World } from '../../simulator/world.ts';
import { longTest } from '../long-form.ts';
import { until } from '../push/receivers.ts';
import { hasAccepted, type Letter, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { type RunningCollector, startCollector } from './collector.ts';
import { spansIn } from './spans-in.ts';
import { copiesIn, spanLine, type TruthSpan, truthSpansOf } from './truth-spans.ts';

/*
 * From a simulated GitHub through the service to a real Collector, which writes what it has understood.
 */

const HOUR_MS = 3_600_000;
const RUNS = 250;

function sentOf(world: World, seed: string): Letter[] {
  const how = { seed, duplicates: 0.1, reordering: 0.3, loss: 0, windowMs: HOUR_MS };
  const deliveries = disturb(deliveriesOf(world), how, { duplicated: 0, delayed: 0, lost: 0 });
  return Array.from(deliveries, ({ event, guid, body }) => ({ event, guid, body: body() }));
}

longTest(
  'a real Collector has the spans of the world, to the last attribute, after kills of both sides and two hours without it',
  async (t) => {
    const seed = 'world to collector';
    const random = createRandom(seed);
    const world = pastWorld({ seed, runs: RUNS, inFlight: 0.1, endMs: Date.now(), spanMs: 12 * HOUR_MS });
    const letters = sentOf(world, seed);
    await using collector = await startCollector();
    await using service = await startService({ env: { ANT_WATCHER_OTLP_ENDPOINT: collector.url } });
    const fresh = letters.values();
    const resender = new Resender(service, 8, () => fresh.next().value);
    const upTo = async (share: number, meanwhile: () => Promise<void>) => {
      const running = resender.run();
      await hasAccepted(resender, letters.length * share, running);
      await sleep(random.int(0, 60));
      await meanwhile();
      await running;
      await service.start();
    };
    for (const share of [0.1, 0.2, 0.3]) await upTo(share, () => service.kill());
    for (const share of [0.4, 0.5])
      await upTo(share, async () => {
        await collector.stop('SIGKILL');
        await service.kill();
        await collector.start();
      });
    await upTo(0.7, async () => {
      await collector.stop('SIGKILL');
      await until('nothing waits', async () => (await waiting(service)) > 0);
      await service.kill();
      // As if all of that had been two hours ago.
      edit(service, `UPDATE trace_outbox SET written_at_ms = written_at_ms - ${2 * HOUR_MS}`);
      await collector.start();
    });
    await resender.finish();
    await service.settled();
    await until('spans still wait', async () => (await waiting(service)) === 0);
    t.diagnostic(JSON.stringify({ ...expectWorld(collector, world), letters: letters.length }));
  },
);

async function waiting(service: Service): Promise<number> {
  return sumOf(await service.metrics(), 'ant_watcher_trace_outbox_spans');
}

function edit(service: Service, statement: string): void {
  const database = new DatabaseSync(`${service.folder}/ant-watcher.db`);
  database.exec(statement);
  database.close();
}

/** Equal as sets. What came twice was sent again after an answer that a kill has cut off. */
function expectWorld(collector: RunningCollector, world: World) {
  const found = spansIn(collector.accepted('traces'));
  const expected = truthSpansOf(world);
  const lines = new Set(found.map(spanLine));
  const wanted = new Set(expected.map(spanLine));
  assert.equal(wanted.size, expected.length);
  assert.deepEqual([...wanted].filter((line) => !lines.has(line)).slice(0, 5), [], 'missing');
  const surplus = found.filter((span) => !wanted.has(spanLine(span)));
  assert.deepEqual(surplus.filter((span) => !isOfCopy(span, copiesIn(world))).map(spanLine), [], 'surplus');
  return { spans: wanted.size, arrived: found.length, different: lines.size, ofCopies: surplus.length };
}

/**
 * Where the report of a job that was carried over by a re-run comes before all else that is known of its attempt and of
 * the job that ran, it can't be told from that one, and has spans too.
 */
function isOfCopy({ span, parent }: TruthSpan, copies: ReadonlySet<string>): boolean {
  return copies.has(span) || copies.has(parent);
}
