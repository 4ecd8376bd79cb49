import { randomBytes } from 'node:crypto';
import { choosePort, PORTS } from '../../simulator/own-service.ts';
import { AntError } from '../../src/domain/errors.ts';
import { findPeer } from '../../test/peers.ts';
import { startPostgres } from '../../test/postgres.ts';
import { openRoundRobin } from '../../test/replicas/round-robin.ts';
import { Service } from '../../test/service.ts';
import type { Demo } from './demo.ts';

export interface DemoReplica {
  readonly name: string;
  readonly service: Service;
  /** Whether it is ready, and not known to be dead. */
  isUp: boolean;
}

/** Replicas on a temporary PostgreSQL, behind one address for webhooks and one for the API. */
export interface ReplicaFleet extends AsyncDisposable {
  readonly replicas: readonly DemoReplica[];
  /** In front of all. */
  readonly webhookUrl: string;
  readonly apiUrl: string;
  readonly secret: string;
}

/** Longer than any demo. */
const FOREVER_MS = 2 ** 31 - 1;

/** Rejects with `command_failed`, or when `stop` is aborted; nothing is left then. */
export async function startReplicas(
  count: number,
  {
    anyPorts,
    stop,
    settings,
  }: Pick<Demo, 'anyPorts' | 'stop'> & { readonly settings: Readonly<Record<string, string>> },
): Promise<ReplicaFleet> {
  if (findPeer('postgres') === undefined)
    throw new AntError(
      'command_failed',
      'PostgreSQL is not on this machine. This fetches it into the project: bin/node scripts/fetch-peers.ts',
    );
  await using teardown = new AsyncDisposableStack();
  const database = teardown.use(await startPostgres());
  const secret = randomBytes(24).toString('hex');
  const storage = await database.createDatabase();
  const env = { ...settings, ANT_WATCHER_WEBHOOK_SECRET: secret };
  const replicas = Array.from({ length: count }, (_, index) => ({
    name: `Replica ${index + 1}`,
    service: teardown.use(new Service({ storage, env, longestMs: FOREVER_MS })),
    isUp: false,
  }));
  stop.throwIfAborted();
  const stopEarly = () => void teardown.disposeAsync();
  stop.addEventListener('abort', stopEarly);
  await Promise.all(replicas.map(startReplica));
  stop.removeEventListener('abort', stopEarly);
  const webhook = teardown.use(
    await openBalancer(() => running(replicas).map(webhookAddress), PORTS.webhook, anyPorts),
  );
  const api = teardown.use(
    await openBalancer(() => running(replicas).map(({ service }) => service.apiAddress), PORTS.api, anyPorts),
  );
  const started = teardown.move();
  return {
    replicas,
    webhookUrl: `http://${webhook.address}/webhook`,
    apiUrl: `http://${api.address}`,
    secret,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Those that are ready, as far as is known. */
export function running(replicas: readonly DemoReplica[]): DemoReplica[] {
  return replicas.filter(({ isUp, service }) => isUp && service.isRunning);
}

/** Rejects with `command_failed`. */
export async function startReplica(replica: DemoReplica): Promise<void> {
  try {
    await replica.service.start();
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new AntError('command_failed', `${replica.name} does not start: ${why}`);
  }
  replica.isUp = true;
}

/** Whoever is in front of it finds out by itself. */
export async function killReplica(replica: DemoReplica): Promise<void> {
  await replica.service.kill();
  replica.isUp = false;
}

async function openBalancer(addresses: () => readonly string[], port: number, anyPort: boolean) {
  return openRoundRobin(addresses, await choosePort(port, anyPort));
}

function webhookAddress({ service }: DemoReplica): string {
  return new URL(service.webhookUrl).host;
}
