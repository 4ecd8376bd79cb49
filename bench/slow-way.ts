import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { medianOf } from './report.ts';

/** A way to a server on this machine on which everything takes longer. */
export interface SlowWay extends AsyncDisposable {
  readonly port: number;
}

/** `ms`: there and back together; half of it each. */
export async function openSlowWay(serverPort: number, ms: number): Promise<SlowWay> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    delay(client, server, ms / 2);
    delay(server, client, ms / 2);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('It does not listen.');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}

/** Timers of the same length end in the order of their beginning. */
function delay(from: Socket, to: Socket, ms: number): void {
  from.on('data', (data) => void setTimeout(() => to.write(data), ms));
  from.on('close', () => void setTimeout(() => to.destroy(), ms));
}

const TIMES = 50;

/** How long the shortest statement takes: what the way really costs. */
export async function roundTripMs(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const times: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const startMs = performance.now();
    await client.query('SELECT 1');
    times.push(performance.now() - startMs);
  }
  await client.end();
  return medianOf(times);
}
