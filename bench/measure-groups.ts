import { type DatabaseServer, startDatabaseServer } from './database-server.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { medianOf, numberText, type Progress, type Row, rangeText } from './report.ts';
import { openFolder, storageUrl } from './servers.ts';

export interface GroupSizes {
  /** Counted; one more comes before, until the code is as fast as it gets. */
  readonly rounds: number;
  /** Deliveries of a round, by how many are in a transaction. */
  readonly deliveries: Readonly<Record<number, number>>;
}

/** In groups as they are under load. */
const BUDGET = { group: 150, ratio: 1.4 };

/** Microseconds of CPU for each delivery. */
interface Cost {
  readonly sqlite: number;
  readonly replica: number;
  /** All processes of the database server. */
  readonly server: number;
}

/**
 * CPU per delivery of the engine alone, without HTTP, on SQLite and on PostgreSQL, which take turns, in groups of exactly
 * as many deliveries.
 */
export async function measureGroups({ rounds, deliveries }: GroupSizes, progress: Progress): Promise<Row[]> {
  using folder = openFolder();
  await using server = await startDatabaseServer();
  await using sqlite = await startEngineProcess(storageUrl(folder.path));
  await using replica = await startEngineProcess(await server.createDatabase());
  const costs = new Map<number, Cost[]>();
  for (let round = 0; round <= rounds; round += 1)
    for (const [size, count] of Object.entries(deliveries)) {
      const group = Number(size);
      const order = { seed: `round ${round} of ${group}`, deliveries: count, group };
      const cost = await costOf(order, { sqlite, replica, server });
      if (round === 0) continue;
      costs.set(group, [...(costs.get(group) ?? []), cost]);
      progress(`groups of ${group}: ${costText(cost)}`);
    }
  return [...costs].map(([group, each]) => rowOf(group, each));
}

async function costOf(
  order: { readonly seed: string; readonly deliveries: number; readonly group: number },
  {
    sqlite,
    replica,
    server,
  }: { readonly sqlite: EngineProcess; readonly replica: EngineProcess; readonly server: DatabaseServer },
): Promise<Cost> {
  const each = (cpuMs: number): number => (cpuMs * 1000) / order.deliveries;
  const ofSqlite = await sqlite.run(order);
  const beforeMs = server.cpuMs();
  const ofReplica = await replica.run(order);
  return {
    sqlite: each(ofSqlite.cpuMs),
    replica: each(ofReplica.cpuMs),
    server: each(server.cpuMs() - beforeMs),
  };
}

function rowOf(group: number, costs: readonly Cost[]): Row {
  const ratios = costs.map(({ replica, server, sqlite }) => (replica + server) / sqlite);
  const ratio = medianOf(ratios);
  const middle = (key: keyof Cost): number => medianOf(costs.map((cost) => cost[key]));
  const cost = { sqlite: middle('sqlite'), replica: middle('replica'), server: middle('server') };
  const hasBudget = group === BUDGET.group;
  return {
    what: `CPU per delivery, ${group} in a transaction: replica and database server ÷ process on SQLite`,
    measured: `${numberText(ratio, 2)} × (${rangeText(ratios, 2)}; ${costText(cost)})`,
    budget: hasBudget ? `≤ ${BUDGET.ratio} ×` : '',
    ...(hasBudget ? { isMet: ratio <= BUDGET.ratio } : {}),
  };
}

function costText({ sqlite, replica, server }: Cost): string {
  return `${numberText(replica)} µs and database server ${numberText(server)} µs, SQLite ${numberText(sqlite)} µs`;
}
