import { sumOf } from '../test/samples.ts';
import type { DatabaseServer } from './database-server.ts';
import { cpuMsOf } from './process-usage.ts';
import { type AntWatcher, openFolder, startService, storageUrl } from './servers.ts';
import { openSlowWay, roundTripMs } from './slow-way.ts';

/** Processes that share a database, and what all of them do together. */
export interface BenchFleet extends AsyncDisposable {
  readonly ports: readonly number[];
  /** How long the shortest statement takes; null on SQLite. */
  readonly roundTripMs: number | null;
  readonly usage: () => Promise<FleetUsage>;
  /** Resolves when nothing accepted waits to be processed. */
  readonly settled: () => Promise<void>;
}

/** Since the start. */
export interface FleetUsage {
  readonly cpuMs: number;
  readonly serverCpuMs: number;
  /** Zero on SQLite. */
  readonly transactions: number;
  /** Deliveries counted in the numbers. */
  readonly accepted: number;
}

export interface FleetPlan {
  /** Zero: one process on SQLite. */
  readonly replicas: number;
  /** There and back to the database server, more than on one machine. */
  readonly wayMs: number;
}

/** On a new database. */
export async function startFleet(
  { replicas, wayMs }: FleetPlan,
  server: DatabaseServer,
): Promise<BenchFleet> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(openFolder());
  const isServer = replicas > 0;
  const url = new URL(isServer ? await server.createDatabase() : storageUrl(folder.path));
  if (wayMs > 0) url.port = String(opened.use(await openSlowWay(server.port, wayMs)).port);
  const services: AntWatcher[] = [];
  while (services.length < Math.max(1, replicas)) {
    const env = { ANT_WATCHER_STORAGE_URL: url.href };
    services.push(opened.use(await startService(folder.path, env)));
  }
  const startMs = server.cpuMs();
  const trip = isServer ? await roundTripMs(url.href) : null;
  const open = opened.move();
  return {
    ports: services.map(({ port }) => port),
    roundTripMs: trip,
    async usage() {
      const own = await Promise.all(services.map((service) => service.metrics('/metrics/replica')));
      const shared = await services[0]?.metrics();
      return {
        cpuMs: services.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
        serverCpuMs: server.cpuMs() - startMs,
        transactions: own.reduce((sum, each) => sum + sumOf(each, TRANSACTIONS), 0),
        accepted: sumOf(shared ?? new Map(), 'ant_watcher_deliveries_total', { outcome: 'accepted' }),
      };
    },
    settled: async () => services[0]?.settled(),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

const TRANSACTIONS = 'ant_watcher_database_transactions_total';
