import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Inbox, Logger, Meter } from '../domain/contracts.ts';
import type { Certificate } from '../middleware/certificate.ts';
import { createHttpServer } from '../middleware/http-server.ts';
import { type Address, listen } from '../middleware/listen.ts';
import { signatureKeys } from '../middleware/signature.ts';
import { endFaultyConnection } from './client-error.ts';
import { GroupCommit } from './group-commit.ts';
import { createIntake, type ReadPayload } from './intake.ts';
import { createReceiver, type Receive } from './receive.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import { openTally, type Tally } from './tally.ts';

export interface WebhookListenerOptions extends Address {
  /** Null, or not told: plain HTTP. */
  readonly certificate?: Certificate | null;
  /** Where deliveries are posted to. */
  readonly path: string;
  /** A delivery signed with any of them is taken. */
  readonly secrets: readonly string[];
  readonly bodyLimitBytes: number;
  readonly headerTimeoutMs: number;
  /** For the whole request, headers and body. */
  readonly bodyTimeoutMs: number;
  /** How long a connection may stay open without a request. */
  readonly idleTimeoutMs: number;
  /** How many deliveries may wait to be made durable. */
  readonly maxWaiting: number;
  /** Whether the process is about to run out of memory. */
  readonly isShortOfMemory: () => boolean;
  readonly inbox: Inbox;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly read: ReadPayload;
  /** A request that has not arrived completely this long after `close` is cut off. */
  readonly closeGraceMs?: number;
}

export interface WebhookListener {
  readonly address: Address;
  /** When a delivery that was not a duplicate was last made durable; null: not since the start. */
  lastAcceptedAtMs(): number | null;
  /** Accepts nothing more, answers what is under way, and resolves when everything is answered. */
  close(): Promise<void>;
}

/**
 * Listens for GitHub's deliveries: bare node:http, because Fastify costs as much per request as all of the work here. Every
 * 2xx means that the delivery is durable, or that there is nothing in it to keep. Throws `listen_failed`.
 */
export async function openWebhookListener(options: WebhookListenerOptions): Promise<WebhookListener> {
  const { closeGraceMs = 5000 } = options;
  const commits = new GroupCommit(options.inbox);
  const tally = openTally(options);
  let closing = false;
  const receive = createReceiver({
    ...options,
    keys: signatureKeys(options.secrets),
    intake: createIntake({ ...options, commits, tally }),
    tally,
    obstacle,
    isClosing: () => closing,
  });
  const server = createIntakeServer(options, receive, tally);
  const address = await listen(server, options);
  server.on('error', (error) =>
    options.logger.error('Webhook connection could not be taken', { err: error }),
  );

  return {
    address,
    lastAcceptedAtMs: () => tally.lastAcceptedAtMs,
    async close() {
      closing = true;
      const timer = setTimeout(cutOff, closeGraceMs);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(timer);
      await commits.drain();
      tally.close();
    },
  };

  function obstacle(): Refusal | null {
    if (closing) return REFUSALS.shutting_down;
    if (options.isShortOfMemory()) return REFUSALS.memory_short;
    return commits.waiting >= options.maxWaiting ? REFUSALS.overloaded : null;
  }

  async function cutOff(): Promise<void> {
    await commits.drain();
    await nextTurn(); // in which the drained ones are answered
    server.closeAllConnections();
  }
}

function createIntakeServer(options: WebhookListenerOptions, receive: Receive, tally: Tally): Server {
  const { headerTimeoutMs, bodyTimeoutMs, idleTimeoutMs } = options;
  const latest = new WeakMap<Socket, ServerResponse>();
  const server = createHttpServer(
    {
      headersTimeout: headerTimeoutMs,
      requestTimeout: Math.max(headerTimeoutMs, bodyTimeoutMs),
      connectionsCheckingInterval: Math.min(1000, headerTimeoutMs),
      keepAliveTimeout: idleTimeoutMs,
      requireHostHeader: false, // checked where the refusal can be counted
    },
    options.certificate ?? null,
  );
  server.on('request', (request, response) => {
    latest.set(request.socket, response);
    void receive(request, response);
  });
  server.on('checkContinue', (request, response) => {
    latest.set(request.socket, response);
    void receive(request, response, () => response.writeContinue());
  });
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    endFaultyConnection(socket, error.code, latest.get(socket), (reason, request) =>
      tally.refused(reason, request),
    );
  });
  return server;
}
