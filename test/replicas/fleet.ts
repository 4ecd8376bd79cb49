import { setTimeout as sleep } from 'node:timers/promises';
import { type PostgresServer, startPostgres } from '../postgres.ts';
import { query } from '../postgres-members.ts';
import { parseExposition, type Samples, sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { type RunningVictoriaMetrics, startVictoriaMetrics } from '../victoria-metrics.ts';
import { type DatabaseWay, openDatabaseWay } from './database-way.ts';
import { exchange } from './exchange.ts';
import { openRoundRobin } from './round-robin.ts';

/** A process of the service, and its own way to the database. */
export interface Replica {
  readonly name: string;
  readonly service: Service;
  readonly way: DatabaseWay;
  /** No new connections are led to it. */
  isDrained: boolean;
}

/** Several replicas on one database, behind one address each for webhooks and for the API. */
export interface Fleet extends AsyncDisposable {
  readonly replicas: readonly Replica[];
  readonly database: PostgresServer;
  /** `postgres://…`, without a proxy. */
  readonly databaseUrl: string;
  /** Null: there is none. */
  readonly standby: PostgresServer | null;
  readonly victoria: RunningVictoriaMetrics;
  /** In front of all replicas. */
  readonly webhookUrl: string;
  /** `host:port` in front of all replicas. */
  readonly apiAddress: string;
}

export interface FleetOptions {
  readonly count: number;
  readonly longestMs?: number;
  /** Of the database server. */
  readonly settings?: readonly string[];
  /** Nothing is committed before a second server has it. */
  readonly hasStandby?: boolean;
  /** What replicas connect to in place of the database server. */
  readonly pooler?: (database: PostgresServer) => Promise<Pooler>;
  /** `ANT_WATCHER_…` variables of each replica, by its index. */
  readonly env?: (index: number) => Readonly<Record<string, string>>;
}

/** A pooler in front of a database server. */
export interface Pooler extends AsyncDisposable {
  readonly port: number;
  /** What `storage.url` needs for it, as `prepared=false`. */
  readonly parameters: string;
}

const PATIENCE_MS = 120_000;
const POLL_EVERY_MS = 100;
const ASK_MS = 5000;

export async function startFleet({
  count,
  longestMs = 180_000,
  settings = [],
  hasStandby = false,
  pooler,
  env = () => ({}),
}: FleetOptions): Promise<Fleet> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await startPostgres({ isForgetful: false, settings }));
  const databaseUrl = await database.createDatabase();
  const standby = hasStandby ? stack.use(await startStandby(database, databaseUrl)) : null;
  const victoria = stack.use(await startVictoriaMetrics());
  const { port, parameters } = stack.use(pooler === undefined ? directly(database) : await pooler(database));
  const start = async (_: unknown, index: number): Promise<Replica> => {
    const way = stack.use(await openDatabaseWay(port));
    const storage = `${databaseUrl.replace(`:${database.port}/`, `:${way.port}/`)}?${parameters}`;
    const own = { ...environmentOf(victoria.url), ...env(index) };
    const service = stack.use(await startService({ storage, longestMs, env: own }));
    return { name: `replica ${index + 1}`, service, way, isDrained: false };
  };
  const replicas = await Promise.all(Array.from({ length: count }, start));
  const api = stack.use(
    await openRoundRobin(() => replicas.flatMap(({ service }) => apiAddressOf(service) ?? [])),
  );
  const webhook = stack.use(
    await openRoundRobin(() => webhookUrlsOf(replicas).map((url) => new URL(url).host)),
  );
  const running = stack.move();
  return {
    replicas,
    database,
    databaseUrl,
    standby,
    victoria,
    webhookUrl: `http://${webhook.address}/webhook`,
    apiAddress: api.address,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function startStandby(database: PostgresServer, databaseUrl: string): Promise<PostgresServer> {
  const standby = await startPostgres({ isForgetful: false, standbyOf: database });
  // Of the first server only: its configuration has been copied.
  await query(databaseUrl, "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
  await query(databaseUrl, 'SELECT pg_reload_conf()');
  return standby;
}

/** The standby takes the place of the first server, which has ended. */
export async function failOver({ standby, replicas }: Pick<Fleet, 'standby' | 'replicas'>): Promise<void> {
  if (standby === null) throw new Error('There is no standby.');
  await standby.promote();
  for (const { way } of replicas) {
    way.aim(standby.port);
    way.cut();
  }
}

function directly({ port }: PostgresServer): Pooler {
  return { port, parameters: '', async [Symbol.asyncDispose]() {} };
}

function environmentOf(victoriaUrl: string): Record<string, string> {
  return {
    ANT_WATCHER_SINKS: JSON.stringify([{ name: 'vm', url: victoriaUrl }]),
    ANT_WATCHER_PUSH_BATCH_AGE: '50ms',
    ANT_WATCHER_PUSH_RESEND_WINDOW: 'never',
  };
}

/** `host:port`; null: it does not run. */
export function apiAddressOf(service: Service): string | null {
  return service.isRunning ? service.apiAddress : null;
}

export function webhookUrlsOf(replicas: readonly Replica[]): string[] {
  return replicas.flatMap(({ service, isDrained }) =>
    service.isRunning && !isDrained ? [service.webhookUrl] : [],
  );
}

/** The one that leads at the moment; null: nobody says so. */
export async function leaderOf({ replicas }: Pick<Fleet, 'replicas'>): Promise<Replica | null> {
  const leads = await Promise.all(
    replicas.map(async ({ service }) => {
      const samples = await samplesOf(service, '/metrics/replica');
      return samples !== null && sumOf(samples, 'ant_watcher_leader') === 1;
    }),
  );
  return replicas[leads.indexOf(true)] ?? null;
}

/** Null: no answer, or another than 200. */
export async function samplesOf(service: Service, path = '/metrics'): Promise<Samples | null> {
  const address = apiAddressOf(service);
  const answer = address === null ? null : await exchange(`http://${address}${path}`, { timeoutMs: ASK_MS });
  return answer?.status === 200 ? parseExposition(answer.text) : null;
}

/** Resolves once everything accepted is processed and pushed. */
export async function settled({ replicas }: Pick<Fleet, 'replicas'>): Promise<void> {
  await until('deliveries or samples still wait', async () => {
    const samples = await samplesOf((replicas[0] as Replica).service);
    if (samples === null) return false;
    const waiting = (state: string) => sumOf(samples, 'ant_watcher_queue_deliveries', { state });
    return waiting('pending') + waiting('retrying') + sumOf(samples, 'ant_watcher_outbox_samples') === 0;
  });
}

/** Polls patiently; no test depends on how long it takes. */
export async function until(failure: string, isDone: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await isDone())) {
    if (performance.now() > deadlineMs) throw new Error(failure);
    await sleep(POLL_EVERY_MS);
  }
}
