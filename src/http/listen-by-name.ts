import type { Server } from 'node:http';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { type Address, boundAddress, listen } from './http-server.ts';

export interface Listening {
  /** Where it listens; the first is that of the server itself. */
  readonly addresses: readonly [Address, ...Address[]];
  /** Accepts nothing more, and resolves when all connections are closed. */
  close(): Promise<void>;
}

/**
 * Binds the server. `localhost` is two addresses on most machines, and who asks uses either: it listens at both.
 * Nobody is answered before all are bound. Throws `listen_failed` if it can't listen at the first.
 */
export async function listenByName(server: Server, { host, port }: Address): Promise<Listening> {
  const named = host === 'localhost' ? await addressesOf(host) : [];
  const first = await listen(server, { host, port });
  const others: NetServer[] = [];
  for (const address of named) {
    const other =
      address === first.host ? null : await listenToo(server, { host: address, port: first.port });
    if (other !== null) others.push(other);
  }
  const servers = [server, ...others];
  return {
    addresses: [first, ...others.map(boundAddress)],
    close: async () => void (await Promise.all(servers.map(closed))),
  };
}

/** None if the name is not known: whoever binds it says so. */
async function addressesOf(host: string): Promise<string[]> {
  const { lookup } = await import('node:dns/promises');
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

/** Hands its connections to the server, in whose way it takes them, and its errors. Null: that can't be bound. */
async function listenToo(server: Server, address: Address): Promise<NetServer | null> {
  const takeOver = (socket: Socket) => void server.emit('connection', socket);
  const other = createServer({ noDelay: true }, takeOver);
  other.maxConnections = server.maxConnections;
  const isBound = await listen(other, address).then(
    () => true,
    () => false,
  );
  if (!isBound) return null;
  return other.on('error', (error) => server.emit('error', error));
}

function closed(server: NetServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
