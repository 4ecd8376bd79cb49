import { deliveriesOf } from '../simulator/deliveries.ts';
import { ongoingWorld } from '../simulator/world.ts';
import type { Delivery } from '../src/domain/delivery.ts';
import type { RunningEngine } from '../src/engine/engine.ts';
import { deliveryOf } from '../test/pipeline.ts';
import { startBenchEngine } from './bench-engine.ts';

/*
 * The engine alone, in a process of its own, which receives its orders as messages (engine-process.ts): no HTTP, and
 * the groups of deliveries in one transaction are exactly as large as ordered. They are those of simulated runs and
 * jobs.
 */

export interface GroupOrder {
  /** Another one has other runs. */
  readonly seed: string;
  readonly deliveries: number;
  /** In one transaction. */
  readonly group: number;
  /** Whether there are deployments among them. */
  readonly deployments?: boolean;
}

export interface GroupOutcome {
  /** Of this process, without the preparation. */
  readonly cpuMs: number;
  readonly elapsedMs: number;
}

const REPOSITORIES = 50;
const RUNS_PER_HOUR = 3000;
const DAY_MS = 86_400_000;

async function run(engine: RunningEngine, order: GroupOrder): Promise<GroupOutcome> {
  const groups = groupsOf(simulated(order), order.group);
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  for (const each of groups) await engine.accept(each);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, elapsedMs: performance.now() - startMs };
}

function simulated({ seed, deliveries: count, deployments = false }: GroupOrder): Delivery[] {
  const nowMs = Date.now();
  const options = { seed, repositories: REPOSITORIES, runsPerHour: RUNS_PER_HOUR, deployments };
  const all = deliveriesOf(ongoingWorld({ ...options, startMs: nowMs - DAY_MS }));
  return all
    .take(count)
    .map(({ guid, event, body }) => deliveryOf({ guid, event, body: body() }, nowMs))
    .toArray();
}

function groupsOf(deliveries: readonly Delivery[], size: number): Delivery[][] {
  return Array.from({ length: Math.ceil(deliveries.length / size) }, (_, index) =>
    deliveries.slice(index * size, (index + 1) * size),
  );
}

const engine = await startBenchEngine(process.argv[2] ?? '', JSON.parse(process.argv[3] ?? '{}'));
process.on('message', async (order: GroupOrder) => {
  process.send?.(await run(engine, order));
});
process.on('disconnect', async () => {
  await engine.close();
  process.exit();
});
process.send?.('ready');
