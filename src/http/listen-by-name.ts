import type { Server } from 'node:http';
import { createServer, type Server as NetServer } from 'node:net';
import { type Address, listen } from './http-server.ts';

export interface Listening {
  /** Where it listens; the first is that of the server itself. */
  readonly addresses: readonly [Address, ...Address[]];
  /** Accepts nothing more, and resolves when all connections are closed. */
  close(): Promise<void>;
}

/**
 * Binds the server. `localhost` is two addresses on most machines, and who asks uses either: it listens at both.
 * Throws `listen_failed` if it can't listen at the first.
 */
export async function listenByName(server: Server, { host, port }: Address): Promise<Listening> {
  const first = await listen(server, { host, port });
  const others = host === 'localhost' ? await listenAtOthers(server, first) : [];
  const servers = [server, ...others.map((other) => other.server)];
  return {
    addresses: [first, ...others.map((other) => other.address)],
    close: async () => void (await Promise.all(servers.map(closed))),
  };
}

/** Each hands its connections to the server. What can't be bound is left out. */
async function listenAtOthers(server: Server, { host, port }: Address) {
  const others: { readonly server: NetServer; readonly address: Address }[] = [];
  const { lookup } = await import('node:dns/promises');
  for (const { address } of await lookup('localhost', { all: true })) {
    if (address === host) continue;
    const other = createServer((socket) => server.emit('connection', socket));
    const bound = await listen(other, { host: address, port }).catch(() => null);
    if (bound !== null) others.push({ server: other, address: bound });
  }
  return others;
}

function closed(server: NetServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
