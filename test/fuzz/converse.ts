import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';

/** What is sent over one connection. */
export interface Conversation {
  readonly port: number;
  /** With TLS. */
  readonly isSecure: boolean;
  /** Written one after the other. */
  readonly pieces: readonly Buffer[];
  /**
   * How the client leaves: normally, by a reset (with TLS in the middle of things), or never, until it has
   * waited for a while.
   */
  readonly leave: 'end' | 'reset' | 'stay';
}

const STAY_MS = 30;
/** A connection that the service still has by then is a fault. */
const PATIENCE_MS = 60_000;

/** Sends it; returns everything received until the connection was closed. Rejects when it is not. */
export async function converse({ port, isSecure, pieces, leave }: Conversation): Promise<Buffer> {
  const place = { port, host: '127.0.0.1', noDelay: true };
  const socket = isSecure ? connectSecurely(place) : connect(place);
  const received: Buffer[] = [];
  const closed = Promise.withResolvers<void>();
  socket.on('data', (data: Buffer) => void received.push(data));
  socket.on('error', () => {}); // a reset is one way to be refused
  socket.on('close', () => closed.resolve());
  const timer = setTimeout(
    () => closed.reject(new Error('a connection is neither answered nor closed')),
    PATIENCE_MS,
  );
  for (const piece of pieces) {
    if (!socket.writable) break;
    socket.write(piece);
    if (pieces.length > 1) await new Promise(setImmediate);
  }
  if (leave === 'stay') await sleep(STAY_MS);
  if (leave === 'end') socket.end();
  else if (leave === 'reset' && !isSecure) socket.resetAndDestroy();
  else socket.destroy();
  try {
    await closed.promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return Buffer.concat(received);
}
