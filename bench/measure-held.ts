import pg from 'pg';
import { type DatabaseServer, startDatabaseServer } from './database-server.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { numberText, type Progress, type Row } from './report.ts';

export interface HeldSizes {
  readonly steps: number;
  /** Of a step. */
  readonly deliveries: number;
}

/** In one transaction: a few, so that there are many transactions. */
const GROUP = 5;

/**
 * CPU of the database server per delivery while somebody keeps a transaction open, as a backup or an analyst does: no
 * version of a row that was overwritten since can be removed. The same without it, in turns.
 */
export async function measureHeld({ steps, deliveries }: HeldSizes, progress: Progress): Promise<Row[]> {
  await using server = await startDatabaseServer();
  const urls = { free: await server.createDatabase(), held: await server.createDatabase() };
  await using free = await startEngineProcess(urls.free);
  await using held = await startEngineProcess(urls.held);
  for (const engine of [free, held]) await engine.run({ seed: 'warm up', deliveries, group: GROUP });
  await using _ = await holdOpen(urls.held);
  const ratios: number[] = [];
  for (let step = 1; step <= steps; step += 1) {
    const order = { seed: `step ${step}`, deliveries, group: GROUP };
    const [without, within] = [await costOf(free, order, server), await costOf(held, order, server)];
    ratios.push(within / without);
    progress(
      `step ${step}: ${numberText(within)} µs with a transaction held open, ${numberText(without)} µs without`,
    );
  }
  return [
    {
      what: `CPU of the database server per delivery, while a transaction stays open for ${numberText((steps * deliveries) / GROUP)} others ÷ without`,
      measured: `${numberText(ratios.at(-1) ?? Number.NaN, 2)} × (step by step ${ratios.map((each) => numberText(each, 2)).join(', ')})`,
      budget: '',
    },
  ];
}

/** In microseconds. */
async function costOf(
  engine: EngineProcess,
  order: Parameters<EngineProcess['run']>[0],
  server: DatabaseServer,
): Promise<number> {
  const beforeMs = server.cpuMs();
  await engine.run(order);
  return ((server.cpuMs() - beforeMs) * 1000) / order.deliveries;
}

/** A transaction that sees the database as it is now until it is disposed of. */
async function holdOpen(url: string): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM head');
  return { [Symbol.asyncDispose]: () => client.end() };
}
