import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/*
 * The attacker: a separate process that sends deliveries with wrong signatures as fast as they are
 * answered, from several addresses on this machine, until it is told to stop (flood-process.ts).
 */

export interface FloodOrder {
  readonly port: number;
  /** 127.0.0.2 and following. */
  readonly addresses: number;
  /** Per address. */
  readonly connections: number;
}

export interface FloodOutcome {
  readonly sent: number;
  /** Answers by status; 0: the connection was closed without one. */
  readonly answered: Readonly<Record<number, number>>;
  readonly elapsedMs: number;
}

/** Of a usual size, and now and then of a size that takes long to hash. */
const USUAL_BYTES = 8 * 1024;
const LARGE_BYTES = 1024 * 1024;
const LARGE_EVERY = 100;
/** The wait before a closed connection is opened again. */
const RECONNECT_MS = 2;

const USUAL = request(USUAL_BYTES);
const LARGE = request(LARGE_BYTES);

function request(bytes: number): Buffer {
  const lines = [
    'POST /webhook HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    'X-GitHub-Event: workflow_job',
    'X-GitHub-Delivery: 00000000-0000-1000-8000-000000000000',
    `X-Hub-Signature-256: sha256=${'0'.repeat(64)}`,
    `Content-Length: ${bytes}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), randomBytes(bytes)]);
}

function flood({ port, addresses, connections }: FloodOrder): () => FloodOutcome {
  const answered: Record<number, number> = {};
  const startMs = performance.now();
  let sent = 0;
  let isOver = false;

  function count(status: number): void {
    answered[status] = (answered[status] ?? 0) + 1;
  }

  function attack(localAddress: string): void {
    if (isOver) return;
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    let isOpen = false;
    const send = (): void => {
      isOpen = true;
      sent += 1;
      socket.write(sent % LARGE_EVERY === 0 ? LARGE : USUAL);
    };
    socket.on('connect', send);
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      count(Number(data.subarray(9, 12)));
      isOpen = false;
      if (isOver) socket.destroy();
      else if (!data.includes('Connection: close')) send();
    });
    socket.on('close', () => {
      if (isOpen) count(0);
      setTimeout(attack, RECONNECT_MS, localAddress);
    });
  }

  for (let address = 0; address < addresses; address++) {
    for (let i = 0; i < connections; i++) attack(`127.0.0.${address + 2}`);
  }
  return () => {
    isOver = true;
    return { sent, answered, elapsedMs: performance.now() - startMs };
  };
}

let stop: (() => FloodOutcome) | undefined;
process.on('message', (order: FloodOrder | 'stop') => {
  if (order === 'stop') process.send?.(stop?.());
  else stop = flood(order);
});
