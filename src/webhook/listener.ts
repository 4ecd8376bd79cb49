import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Inbox, Logger, Meter } from '../domain/contracts.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Certificate } from '../http/certificate.ts';
import { type Address, createHttpServer, listen, logFailedConnections } from '../http/http-server.ts';
import { limitWriting } from '../http/unread-responses.ts';
import { repeatEvery } from '../timing/repeat.ts';
import { createAcceptPayload, type ReadPayload } from './accept-payload.ts';
import { endFaultyConnection } from './client-error.ts';
import type { Connections } from './connections.ts';
import { GroupCommit } from './group-commit.ts';
import { type GitHubAddresses, Guard } from './guard.ts';
import { REJECTIONS, type Rejection } from './rejections.ts';
import { openRequestCounters, type RequestCounters } from './request-counters.ts';
import { RequestHandler } from './request-handler.ts';
import { Responder } from './responder.ts';
import type { WebhookRules } from './rules.ts';

export interface WebhookListenerOptions extends Address {
  /** Null or absent: plain HTTP. */
  readonly certificate?: Certificate | null;
  /** The paths that deliveries are posted to; `*` is any. */
  readonly paths: readonly string[];
  /** Who may send. Read at each request. */
  readonly rules: () => WebhookRules;
  readonly githubAddresses: GitHubAddresses;
  /** For how many connections the process has file descriptors. Default: for any number. */
  readonly fittingConnections?: () => number;
  readonly bodyLimitBytes: number;
  readonly headerTimeoutMs: number;
  /** For the whole request, headers and body. */
  readonly bodyTimeoutMs: number;
  /** How long a connection may stay open without a request. */
  readonly idleTimeoutMs: number;
  /** A client that takes nothing of its response for this long is cut off. */
  readonly writeTimeoutMs: number;
  /** Whether the process is about to run out of memory. */
  readonly isShortOfMemory: () => boolean;
  readonly inbox: Inbox;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly clock: Clock;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  readonly read: ReadPayload;
  /** A request that is still incomplete this long after `close` is cut off. */
  readonly closeGraceMs?: number;
  /** How long the rejection of a request that came too often is delayed. */
  readonly rejectionDelayMs?: number;
}

export interface WebhookListener {
  readonly address: Address;
  /** When a delivery that was not a duplicate last became durable; null if none did since the start. */
  lastAcceptedAtMs(): number | null;
  /** The number of connections, for the exposition. */
  readings(): GaugeReading[];
  /**
   * Takes no more connections, answers one more request on each that it has, and resolves when all are answered. After
   * some seconds it refuses what comes on them.
   */
  close(): Promise<void>;
}

/** How long a connection that is open when we stop may take to bring its request. */
const ARRIVING_MS = 500;
/** As many as the system keeps for us; under a flood there are always more. */
const MAX_WAITING_CONNECTIONS = 512;

/**
 * Listens for GitHub's deliveries. Every 2xx means that the delivery is durable, or that it contains nothing to keep.
 * Throws `listen_failed`.
 */
export async function openWebhookListener(options: WebhookListenerOptions): Promise<WebhookListener> {
  const { closeGraceMs = 5000, rejectionDelayMs = 1000, rules } = options;
  const guard = new Guard(options);
  const commits = new GroupCommit(options.inbox);
  const counters = openRequestCounters(options);
  let closing = false;
  let isOver = false;
  const handler = new RequestHandler({
    ...options,
    guard,
    responder: new Responder({
      counters,
      connections: guard.connections,
      rejectionDelayMs,
      isClosing: () => closing,
    }),
    acceptPayload: createAcceptPayload({ ...options, commits, counters }),
    whyUnavailable,
  });
  const server = createWebhookServer(options, { handler, counters, connections: guard.connections });
  const { writeTimeoutMs: timeoutMs, meter, logger } = options;
  const writing = limitWriting(server, { listener: 'webhook', timeoutMs, meter, logger });
  const address = await listen(server, options).catch(async (error) => {
    await writing.close();
    throw error;
  });
  logFailedConnections(server, 'webhook', logger);

  return {
    address,
    lastAcceptedAtMs: () => counters.lastAcceptedAtMs,
    readings: () => [readingOf(SELF.webhookConnections, [], guard.connections.open)],
    async close() {
      closing = true;
      await takeWaiting(server);
      const timer = setTimeout(cutOff, closeGraceMs);
      await closeGently(server, Math.min(ARRIVING_MS, closeGraceMs / 2));
      clearTimeout(timer);
      await writing.close();
      await commits.drain();
      counters.close();
    },
  };

  function whyUnavailable(): Rejection | null {
    // Where replicas are restarted one after the other, nobody sees a failure of what is on its way to one.
    if (isOver) return REJECTIONS.shutting_down;
    if (options.isShortOfMemory()) return REJECTIONS.memory_short;
    return commits.waiting >= rules().maxWaiting ? REJECTIONS.overloaded : null;
  }

  async function cutOff(): Promise<void> {
    isOver = true;
    await commits.drain();
    await nextTurn(); // in which the drained ones are answered
    server.closeAllConnections();
  }
}

/**
 * Takes the connections that the system has made already: it would reset them when the listening socket is closed.
 * Node.js takes one of them each time it looks.
 */
async function takeWaiting(server: Server): Promise<void> {
  let isAny = true;
  const note = () => {
    isAny = true;
  };
  server.on('connection', note);
  for (let looks = 0; isAny && looks < MAX_WAITING_CONNECTIONS; looks += 1) {
    isAny = false;
    await nextTurn(); // the end of this turn
    await nextTurn(); // a whole one
  }
  server.off('connection', note);
}

/** Node.js itself would at once cut off connections whose request is still on its way. */
async function closeGently(server: Server, arrivingMs: number): Promise<void> {
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => undefined;
  const closing = repeatEvery(arrivingMs, async () => closeIdle());
  await new Promise((resolve) => server.close(resolve));
  await closing.close();
}

interface ServerParts {
  readonly handler: RequestHandler;
  readonly counters: RequestCounters;
  readonly connections: Connections;
}

function createWebhookServer(
  options: WebhookListenerOptions,
  { handler, counters, connections }: ServerParts,
): Server {
  const { headerTimeoutMs, bodyTimeoutMs, idleTimeoutMs } = options;
  const latest = new WeakMap<Socket, ServerResponse>();
  const server = createHttpServer(
    {
      headersTimeout: headerTimeoutMs,
      requestTimeout: Math.max(headerTimeoutMs, bodyTimeoutMs),
      connectionsCheckingInterval: Math.min(1000, headerTimeoutMs),
      keepAliveTimeout: idleTimeoutMs,
      requireHostHeader: false, // checked where the rejection can be counted
    },
    options.certificate ?? null,
  );
  server.on('connection', (socket) => {
    if (connections.admit(socket)) return;
    counters.rejected('too_many_connections', undefined);
    socket.destroy();
  });
  server.on('request', (request, response) => {
    latest.set(request.socket, response);
    void handler.handle(request, response);
  });
  server.on('checkContinue', (request, response) => {
    latest.set(request.socket, response);
    void handler.handle(request, response, () => response.writeContinue());
  });
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    endFaultyConnection(socket, error.code, latest.get(socket), (reason, request) =>
      counters.rejected(reason, request),
    );
  });
  return server;
}
