import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Logger } from '../../domain/contracts.ts';
import type { GitHub } from '../../domain/github-api.ts';
import type { Increment } from '../../domain/metric.ts';
import { DIRECT } from '../../outbound/network.ts';
import { type GitHubOptions, openGitHub } from './open-github.ts';

/** For tests: what arrived, without `/api/v3`. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is when it is a text. */
  readonly body?: unknown;
}

/** Answers, or does what no server should. */
export type Respond = (request: Arrived, response: ServerResponse) => Reply | null | Promise<Reply | null>;

export interface FakeGitHub extends AsyncDisposable {
  readonly url: string;
  readonly arrived: Arrived[];
  /** The paths of what arrived, in order. */
  paths(): string[];
}

/** A server on a loopback port that answers as `respond` says; null: `respond` has dealt with the response. */
export async function startGitHub(respond: Respond): Promise<FakeGitHub> {
  const arrived: Arrived[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const { method = '', url = '', headers } = request;
    const seen = { method, path: url.replace(/^\/api\/v3/, ''), headers };
    arrived.push(seen);
    const reply = await respond(seen, response);
    if (reply === null) return;
    const { status = 200, body = {} } = reply;
    response.sendDate = false;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, reply.headers).end(status === 304 ? undefined : text);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    arrived,
    paths: () => arrived.map(({ path }) => path),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** A client whose time passes only while it waits, with all that it tells. */
export interface TestClient extends AsyncDisposable {
  readonly github: GitHub;
  readonly time: { nowMs: number };
  /** How long each wait was. */
  readonly waits: number[];
  readonly warnings: { readonly message: string; readonly fields: object }[];
  /** Counters by `name{labels}`. */
  counts(): Record<string, number>;
}

export const NOW = 1_790_000_000_000;

export function openTestClient(
  url: string,
  options: Partial<GitHubOptions> = {},
  time = { nowMs: NOW },
): TestClient {
  const waits: number[] = [];
  const warnings: TestClient['warnings'] = [];
  const counted: Increment[] = [];
  const nothing = () => {};
  const logger: Logger = {
    debug: nothing,
    info: nothing,
    warn: (message, fields = {}) => warnings.push({ message, fields }),
    error: nothing,
    child: () => logger,
  };
  const github = openGitHub({
    apiUrl: url,
    token: 'test-token',
    app: null,
    version: '1.2.3',
    network: DIRECT,
    concurrency: 8,
    timeoutMs: 10_000,
    reserve: 0.2,
    clock: () => time.nowMs,
    logger,
    meter: { add: (increments) => counted.push(...increments.filter(({ delta }) => delta !== 0)) },
    random: () => 0.5,
    async sleep(ms) {
      await breathe();
      waits.push(ms);
      time.nowMs += ms;
    },
    ...options,
  });
  return {
    github,
    time,
    waits,
    warnings,
    counts: () => sumsOf(counted),
    [Symbol.asyncDispose]: () => github.close(),
  };
}

function sumsOf(increments: readonly Increment[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { metric, labels, delta } of increments) {
    const key = `${metric.replace('ant_watcher_github_', '')}{${labels.join(',')}}`;
    sums[key] = (sums[key] ?? 0) + delta;
  }
  return sums;
}

/** The headers of a rate limit. */
export function limitHeaders(remaining: number, resetMs: number, limit = 1000): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil(resetMs / 1000)),
    'x-ratelimit-resource': 'core',
    Date: new Date(NOW).toUTCString(),
  };
}
