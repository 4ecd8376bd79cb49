import { setImmediate as nextTurn } from 'node:timers/promises';
import { deliveriesOf, type SimulatedDelivery } from '../simulator/deliveries.ts';
import { ongoingWorld } from '../simulator/world.ts';
import { deliveryOf } from '../test/pipeline.ts';
import { startBenchEngine } from './bench-engine.ts';

/*
 * The engine alone, in a process of its own, through which simulated months go as fast as it can: its clock is that of
 * the world. It forgets what is old by itself, a little in each real second.
 */

export interface ChurnOrder {
  readonly days: number;
}

export interface ChurnOutcome {
  readonly deliveries: number;
  readonly elapsedMs: number;
}

const DAY_MS = 86_400_000;
/** Far enough back that none of it is in the future. */
const AGO_MS = 1000 * DAY_MS;
/** In one transaction. */
const GROUP = 100;
/** For each run, about. */
const DELIVERIES_PER_RUN = 28;
const REPOSITORIES = 20;

const [, , url = '', deliveriesPerDay = ''] = process.argv;
let nowMs = Date.now() - AGO_MS;
const runsPerHour = Number(deliveriesPerDay) / DELIVERIES_PER_RUN / 24;
const world = { seed: 'churn', startMs: nowMs, runsPerHour, repositories: REPOSITORIES };
const deliveries = deliveriesOf(ongoingWorld(world));
const engine = await startBenchEngine(url, {}, () => nowMs);

process.on('message', async ({ days }: ChurnOrder) => {
  const untilMs = nowMs + days * DAY_MS;
  const beginMs = performance.now();
  let count = 0;
  while (nowMs < untilMs) {
    count += await acceptGroup();
    // As between two messages from another thread: what runs each second gets its turn.
    await nextTurn();
  }
  process.send?.({ deliveries: count, elapsedMs: performance.now() - beginMs } satisfies ChurnOutcome);
});
process.on('disconnect', async () => {
  await engine.close();
  process.exit();
});
process.send?.('ready');

async function acceptGroup(): Promise<number> {
  const group = Array.from({ length: GROUP }, () => deliveries.next().value as SimulatedDelivery);
  nowMs = group.at(-1)?.atMs ?? Number.POSITIVE_INFINITY;
  await engine.accept(group.map(({ guid, event, body }) => deliveryOf({ guid, event, body: body() }, nowMs)));
  return group.length;
}
