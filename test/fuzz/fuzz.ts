import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../simulator/random.ts';
import type { Service } from '../service.ts';
import { statusesIn } from './answers.ts';
import { apiRequest } from './api-requests.ts';
import { type Conversation, converse } from './converse.ts';
import { sendGood } from './good-deliveries.ts';
import { damage, randomBytes } from './mutate.ts';
import { compressedRequest, webhookRequest } from './webhook-requests.ts';

/*
 * More or less damaged requests for the real process, on both listeners. Each connection is derived from the
 * seed and its number, so that one can be repeated by itself.
 */

export interface FuzzOptions {
  readonly service: Service;
  readonly token: string;
  readonly seed: string;
  readonly requests: number;
}

export interface FuzzReport {
  /** Requests that were sent, not counting good deliveries. */
  readonly requests: number;
  readonly connections: number;
  /** Answers by listener and status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Good deliveries that were answered 202, each with a new job. */
  readonly good: number;
  /** Resident memory after a fifth of the requests, and at the end. */
  readonly warmBytes: number;
  readonly endBytes: number;
  /** The longest that `/livez` of a listener took to answer. */
  readonly livezMs: number;
}

/** What docs/http-api.md and docs/configure.md name. */
const DOCUMENTED = {
  webhook: [100, 200, 202, 400, 401, 403, 404, 405, 408, 413, 415, 429, 431, 503],
  api: [100, 200, 202, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 415, 429, 431, 503],
} as const;
type Listener = keyof typeof DOCUMENTED;

const AT_ONCE = 24;
/** One good delivery per so many connections. */
const GOOD_EVERY = 25;
const PLAIN = 0.05;
const WARM = 0.2;
const LIVEZ_EVERY_MS = 100;
const LIVEZ_PATIENCE_MS = 10_000;

/** Sends so many requests; rejects at the first undocumented answer, and when the process stops answering. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { service, requests, seed } = options;
  const answers: Record<string, number> = {};
  let [sent, connections, good, warmBytes] = [0, 0, 0, 0];
  const watch = watchLiveness(service);

  async function work(): Promise<void> {
    while (sent < requests && !watch.failed) {
      const number = connections++;
      const { listener, conversation, count } = draw(createRandom(`${seed}/${number}`), options);
      sent += count;
      if (warmBytes === 0 && sent > WARM * requests) warmBytes = residentBytes(service.pid);
      for (const status of await statusesOf(listener, conversation, `${seed}/${number}`)) {
        const name = `${listener} ${status}`;
        answers[name] = (answers[name] ?? 0) + 1;
      }
      if (number % GOOD_EVERY !== 0) continue;
      await sendGood(service, number);
      good += 1;
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const livezMs = await watch.stop();
  return {
    requests: sent,
    connections,
    answers,
    good,
    warmBytes,
    endBytes: residentBytes(service.pid),
    livezMs,
  };
}

async function statusesOf(listener: Listener, conversation: Conversation, name: string): Promise<number[]> {
  try {
    const statuses = statusesIn(await converse(conversation));
    const odd = statuses.find((status) => !(DOCUMENTED[listener] as readonly number[]).includes(status));
    if (odd !== undefined) throw new Error(`the ${listener} listener answered ${odd}`);
    return statuses;
  } catch (error) {
    const said = Buffer.concat(conversation.pieces).toString('latin1').slice(0, 2000);
    throw new Error(`connection ${name}: ${String(error)} after ${JSON.stringify(said)}`);
  }
}

/** One to six requests for one connection, some of them damaged, and how the whole is split into pieces. */
function draw(random: Random, { service, token }: FuzzOptions) {
  const listener: Listener = random.chance(0.75) ? 'webhook' : 'api';
  const url = listener === 'webhook' ? service.webhookUrl : service.apiUrl;
  const count = random.chance(0.5) ? 1 : random.int(2, 6);
  const all = Array.from({ length: count }, () => {
    const request = drawRequest(listener, random, service.secret, token);
    return random.chance(0.15) ? damage(request, random) : request;
  });
  const whole = Buffer.concat(all);
  const cut = random.chance(0.15) ? whole.subarray(0, random.int(0, whole.length)) : whole;
  const leave = random.weighted([
    { weight: 90, leave: 'end' },
    { weight: 5, leave: 'reset' },
    { weight: 5, leave: 'stay' },
  ] as const).leave;
  const { port, protocol } = new URL(url);
  // Now and then something other than TLS is sent to a TLS port.
  const isSecure = protocol === 'https:' && !random.chance(PLAIN);
  const conversation = { port: Number(port), isSecure, pieces: piecesOf(cut, random), leave };
  return { listener, count, conversation };
}

function drawRequest(listener: Listener, random: Random, secret: string, token: string): Buffer {
  if (random.chance(0.03)) return randomBytes(random.int(1, 2000), random);
  if (listener === 'api') return apiRequest(random, token);
  return random.chance(0.02) ? compressedRequest(random) : webhookRequest(random, secret);
}

function piecesOf(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  const most = random.chance(0.6) ? bytes.length : Math.ceil(bytes.length / random.int(2, 20));
  for (let at = 0; at < bytes.length; at += most) pieces.push(bytes.subarray(at, at + most));
  return pieces;
}

/** Checks the liveness of both listeners again and again. */
function watchLiveness(service: Service) {
  const urls = [new URL('/livez', service.webhookUrl).href, `${service.apiUrl}/livez`];
  const state = { failed: false, longestMs: 0, isOver: false };
  const running = (async () => {
    while (!state.isOver) {
      const startMs = performance.now();
      for (const url of urls) {
        const { ok } = await fetch(url, { signal: AbortSignal.timeout(LIVEZ_PATIENCE_MS) });
        if (!ok) throw new Error(`${url} does not say yes`);
      }
      state.longestMs = Math.max(state.longestMs, performance.now() - startMs);
      await sleep(LIVEZ_EVERY_MS);
    }
  })();
  running.catch(() => {
    state.failed = true;
  });
  return {
    get failed() {
      return state.failed;
    },
    async stop() {
      state.isOver = true;
      await running;
      return state.longestMs;
    },
  };
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
