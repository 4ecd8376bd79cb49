import type { AddressInfo, Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type { Backfill } from '../domain/backfill.ts';
import type { Engine } from '../domain/contracts.ts';
import { answerOf, answerSocket } from '../middleware/answer.ts';
import { type Address, boundAddress, listenFailed } from '../middleware/listen.ts';
import { createAccess, isLoopback } from './access.ts';
import type { AccessRules } from './access-rules.ts';
import { addBackfillRoutes } from './backfill-routes.ts';
import { addExplainRoute } from './explain-route.ts';
import { addHealthRoutes, type HealthOptions } from './health-routes.ts';
import { landingPage } from './landing-page.ts';
import { addParkedRoutes } from './parked-routes.ts';
import { addPushRoute } from './push-routes.ts';
import { addReloadRoute, type ReloadOptions } from './reload-route.ts';
import { createErrorHandler, sendNotFound } from './reply.ts';
import { addScrapeRoute, type ScrapeOptions } from './scrape-route.ts';

export interface ApiListenerOptions extends Address, HealthOptions, ScrapeOptions, ReloadOptions {
  /** Asked at each request: they may change. */
  readonly access: () => AccessRules;
  readonly engine: Engine;
  /** Null while there is nothing to log in to GitHub with. */
  readonly backfill: () => Backfill | null;
}

export interface ApiListener {
  readonly address: Address;
  /** Accepts nothing more and resolves when what is under way is answered. */
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** A client that has not taken its answer this long after `close` is cut off. */
const CLOSE_GRACE_MS = 2000;

/** Serves metrics, health and the operator's API. Throws `listen_failed`. */
export async function openApiListener(options: ApiListenerOptions): Promise<ApiListener> {
  const { host, port, version, engine } = options;
  const app = createApp(options);
  let closing = false;
  app.addHook('onSend', async (_, reply) => {
    if (closing) reply.header('Connection', 'close');
  });
  const access = createAccess(options.access, () => app.addresses().every(isLoopbackAddress));

  addHealthRoutes(app, options, access.isTrusted);
  app.setNotFoundHandler({ preValidation: access.guard }, sendNotFound);
  app.register(async (guarded) => {
    guarded.addHook('onRequest', access.guard);
    guarded.get('/', (_, reply) => reply.type('text/html; charset=utf-8').send(landingPage(version)));
    addScrapeRoute(guarded, options);
    addParkedRoutes(guarded, engine);
    addExplainRoute(guarded, engine);
    addPushRoute(guarded, engine);
    addBackfillRoutes(guarded, options.backfill, options.clock);
    addReloadRoute(guarded, options);
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenFailed(error, options);
  }
  return {
    address: boundAddress(app.server),
    async close() {
      closing = true;
      const timer = setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS);
      await app.close();
      clearTimeout(timer);
    },
  };
}

/** Fastify without its own opinions on errors: every answer that is one has our form. */
function createApp({ logger }: ApiListenerOptions): FastifyInstance {
  const handleError = createErrorHandler(logger);
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, requireHostHeader: false },
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => answerClientError(error, socket),
    frameworkErrors: handleError,
  });
  app.setErrorHandler(handleError);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: unknown, body: string) =>
    parseJson(body),
  );
  app.addHook('onRequest', async (_, reply) => {
    reply.headers({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
  });
  return app;
}

function parseJson(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch {
    throw Object.assign(new Error('The body is not JSON.'), { statusCode: 400 });
  }
}

/** Answers a connection on which no request could be parsed; one that is gone or never spoke is just closed. */
function answerClientError({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) {
    socket.destroy();
  } else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    answerSocket(socket, answerOf('timeout'));
  } else if (code === 'HPE_HEADER_OVERFLOW') {
    answerSocket(socket, answerOf('headers_too_large'));
  } else {
    answerSocket(socket, answerOf('malformed_request'));
  }
}

function isLoopbackAddress(bound: AddressInfo | string): boolean {
  return typeof bound !== 'string' && isLoopback(bound.address);
}
