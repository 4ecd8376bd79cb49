import { connect } from 'node:net';
import { type JobRange, type PreparedRequests, prepareRequests } from './bodies.ts';

/*
 * The sender: a separate process that receives its orders as messages (load-process.ts). It writes
 * prepared bytes to raw sockets and reads no more of an answer than necessary, so that it takes little of the
 * cores it shares with the service that is measured.
 */

export interface LoadOrder extends JobRange {
  /** Of processes that share the work; connections take turns. */
  readonly ports: readonly number[];
  /** Each has one request under way at a time. */
  readonly connections: number;
  /** Requests per second, whatever the service does; null: as fast as it answers. */
  readonly perSecond: number | null;
}

export interface LoadOutcome {
  readonly sent: number;
  /** Answers by status. */
  readonly answered: Readonly<Record<number, number>>;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /**
   * From the moment a request was due to the end of its answer; it is due when it is sent unless there is a
   * rate.
   */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The cost of sending in this process, without the preparation. */
  readonly cpuMs: number;
  readonly meanBodyBytes: number;
}

interface Line {
  /** Sends one request; the answer is passed to `answered`. */
  send(index: number): void;
  close(): void;
}

function openLine(
  port: number,
  requests: PreparedRequests,
  answered: (line: Line, index: number, status: number) => void,
  failed: (error: Error) => void,
): Promise<Line> {
  return new Promise((resolve) => {
    // Overwritten only after the answer has arrived: by then the kernel has taken all of it.
    const bytes = Buffer.alloc(requests.maxBytes);
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let current = -1;
    let received = '';
    const line: Line = {
      send(index) {
        current = index;
        socket.write(bytes.subarray(0, requests.write(index, bytes)));
      },
      close() {
        socket.removeAllListeners('close');
        socket.destroy();
      },
    };
    socket.on('connect', () => resolve(line));
    socket.on('error', failed);
    socket.on('close', () => failed(new Error('the service closed a connection')));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (!isWhole(received)) return;
      const status = Number(received.slice('HTTP/1.1 '.length, 'HTTP/1.1 202'.length));
      received = '';
      answered(line, current, status);
    });
  });
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  if (answer.startsWith('HTTP/1.1 204')) return true;
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer)?.[1];
  if (length === undefined) throw new Error(`an answer has no length: ${answer}`);
  return answer.length >= headEnd + 4 + Number(length);
}

/** Sends all requests of the order; rejects when a connection breaks. */
async function send(order: LoadOrder): Promise<LoadOutcome> {
  const requests = prepareRequests(order);
  const { count } = requests;
  const dueMs = new Float64Array(count);
  const latencies = new Float64Array(count);
  const answers: Record<number, number> = {};
  const idle: Line[] = [];
  const finished = Promise.withResolvers<void>();
  let next = 0;
  let open = count;

  function answered(line: Line, index: number, status: number): void {
    latencies[index] = performance.now() - (dueMs[index] ?? 0);
    answers[status] = (answers[status] ?? 0) + 1;
    open -= 1;
    if (open === 0) finished.resolve();
    idle.push(line);
    dispatch();
  }

  function dispatch(): void {
    const nowMs = performance.now();
    while (next < count && idle.length > 0) {
      const planMs = order.perSecond === null ? nowMs : startMs + (next * 1000) / order.perSecond;
      if (planMs > nowMs) return;
      dueMs[next] = planMs;
      // In turn: an unused one would be closed by the service.
      idle.shift()?.send(next);
      next += 1;
    }
  }

  const lines = await Promise.all(
    Array.from({ length: order.connections }, (_, index) =>
      openLine(order.ports[index % order.ports.length] ?? 0, requests, answered, finished.reject),
    ),
  );
  idle.push(...lines);
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const timer = order.perSecond === null ? undefined : setInterval(dispatch, 1);
  dispatch();
  await finished.promise;
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(timer);
  for (const line of lines) line.close();
  latencies.sort();
  const percentile = (share: number): number => latencies[Math.ceil(share * count) - 1] ?? 0;
  return {
    sent: count,
    answered: answers,
    elapsedMs,
    latencyMs: { p50: percentile(0.5), p99: percentile(0.99), max: percentile(1) },
    cpuMs: (user + system) / 1000,
    meanBodyBytes: requests.meanBodyBytes,
  };
}

process.on('message', async (order: LoadOrder) => {
  process.send?.(await send(order));
});
