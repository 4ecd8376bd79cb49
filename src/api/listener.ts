import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Backfill } from '../domain/backfill.ts';
import type { Engine, Meter } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { Certificate } from '../http/certificate.ts';
import {
  type Address,
  boundAddress,
  createHttpServer,
  listenFailed,
  logFailedConnections,
} from '../http/http-server.ts';
import { limitWriting } from '../http/unread-responses.ts';
import { traced, type Work } from '../timing/traced.ts';
import { type Access, type AccessRules, AREAS, type Area, createAccess, isLoopback } from './access.ts';
import { addBackfillRoutes } from './backfill-routes.ts';
import { addBackupRoute, type BackupOptions } from './backup-route.ts';
import { addExplainRoute } from './explain-route.ts';
import { addHealthRoutes, type HealthOptions, type HealthParts } from './health-routes.ts';
import { addJobPushRoute, type JobPushOptions } from './job-numbers/push-route.ts';
import { type LiveStreams, openLiveStreams } from './live/live-route.ts';
import { NowAnswers, type NowOptions } from './live/now-answers.ts';
import { addOpenApiRoute } from './openapi-route.ts';
import { addPageRoutes } from './page-routes.ts';
import { addParkedRoutes } from './parked-routes.ts';
import { addPushStatusRoute } from './push-status-route.ts';
import { addBillingRoute, type BillingRouteOptions } from './read-api/billing-route.ts';
import { addBrokenRoute } from './read-api/broken-route.ts';
import { addCostRoute } from './read-api/cost-route.ts';
import { addDeploymentRoutes } from './read-api/deployment-routes.ts';
import { addFacetRoute } from './read-api/facet-route.ts';
import { addListRoutes } from './read-api/list-routes.ts';
import { addNowRoute } from './read-api/now-route.ts';
import { addQueueRoutes } from './read-api/queue-routes.ts';
import { addRunRoute } from './read-api/run-route.ts';
import { addRunnerRoute, type RunnerRouteOptions } from './read-api/runner-route.ts';
import { addStatusRoute, type StatusRouteOptions } from './read-api/status-route.ts';
import { addStepRoute } from './read-api/step-route.ts';
import { addWorkflowRoutes, type WorkflowApiOptions } from './read-api/workflow-routes.ts';
import { addReloadRoute, type ReloadOptions } from './reload-route.ts';
import { answerClientError, createErrorHandler, SECURITY_HEADERS, sendNotFound } from './reply.ts';
import { addScrapeRoute, type ScrapeOptions } from './scrape-route.ts';

export interface ApiListenerOptions
  extends Address,
    HealthOptions,
    ScrapeOptions,
    ReloadOptions,
    BackupOptions,
    WorkflowApiOptions,
    RunnerRouteOptions,
    BillingRouteOptions,
    StatusRouteOptions,
    NowOptions {
  /** Who may do what. Read at each request. */
  readonly accessRules: () => AccessRules;
  /** A client that takes nothing of its response for this long is cut off. */
  readonly writeTimeoutMs: number;
  /** Where the built page is; by default where `npm run build` puts it. */
  readonly pageFolder?: string;
  /** More are closed at once. */
  readonly maxConnections: number;
  /** Null: plain HTTP. */
  readonly certificate: Certificate | null;
  readonly engine: Engine;
  /** What jobs may push. */
  readonly jobs: Pick<JobPushOptions, 'jobRules' | 'bodyLimitBytes' | 'maxNumbers' | 'isShortOfMemory'>;
  readonly meter: Meter;
  /** Null while there are no GitHub credentials. */
  readonly backfill: () => Backfill | null;
}

export interface ApiListener {
  readonly address: Address;
  /** For the exposition. */
  readings(): GaugeReading[];
  /**
   * Where others can connect: logs what they can read without a login, and what not; not again until that has
   * changed. Call it when the rules have changed.
   */
  logAccess(): void;
  /** Accepts nothing more, and resolves when requests in progress are answered. */
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** A client that has not read its response this long after `close` is cut off. */
const CLOSE_GRACE_MS = 2000;
const SERVER_OPTIONS = {
  headersTimeout: REQUEST_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: 72_000,
  requireHostHeader: false,
};

/** Serves metrics, health and the operator's API. Throws `listen_failed`. */
export async function openApiListener(options: ApiListenerOptions): Promise<ApiListener> {
  const { host, port, writeTimeoutMs: timeoutMs, meter, logger } = options;
  const app = createApp(options);
  const writing = limitWriting(app.server, { listener: 'api', timeoutMs, meter, logger });
  let closing = false;
  app.addHook('onSend', async (_, reply) => {
    if (closing) reply.header('Connection', 'close');
  });
  let isBoundToLoopback: boolean | undefined;
  // First called before any request is accepted: a closing server no longer knows its addresses.
  const isLoopbackOnly = () => (isBoundToLoopback ??= app.addresses().every(isLoopbackAddress));
  const access = createAccess({ ...options, rules: options.accessRules, isLoopbackOnly });
  const answers = new NowAnswers(options);
  const live = openLiveStreams({ answers, access, meter, logger });
  addRoutes(app, { ...options, startedAtMs: options.steady(), access, answers, live });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await live.close();
    await writing.close();
    throw listenFailed(error, options);
  }
  logFailedConnections(app.server, 'api', logger);
  const logAccess = createAccessLog(options, isLoopbackOnly);
  logAccess();
  return {
    address: boundAddress(app.server),
    logAccess,
    readings: live.readings,
    async close() {
      closing = true;
      await live.close();
      const timer = setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS);
      await app.close();
      clearTimeout(timer);
      await writing.close();
      access.close();
    },
  };
}

const LOGIN_HINT =
  'set ANT_WATCHER_API_TOKENS (browsers take a token as password), name in ANT_WATCHER_API_PUBLIC what everybody may read, or listen on 127.0.0.1';

function createAccessLog(
  { host, port, logger, accessRules }: ApiListenerOptions,
  isLoopbackOnly: () => boolean,
): () => void {
  let logged = '';
  return () => {
    if (isLoopbackOnly()) return;
    const { isOpen, publicAreas } = accessRules();
    const isReadable = (area: Area) => publicAreas.has(area) || (isOpen && area === 'metrics');
    const open = AREAS.filter(isReadable);
    const closed = AREAS.filter((area) => !isReadable(area));
    const state = `${isOpen} ${open}`;
    if (state === logged) return;
    logged = state;
    if (!isOpen || closed.length === 0)
      logger.info('API reachable by others', { host, port, open, login: closed });
    else logger.warn('api_login_missing', { host, port, open, closed, hint: LOGIN_HINT });
  };
}

type RouteOptions = ApiListenerOptions &
  HealthParts & {
    readonly access: Access;
    readonly answers: NowAnswers;
    readonly live: LiveStreams;
  };

function addRoutes(app: FastifyInstance, options: RouteOptions): void {
  const { engine, backfill, clock, access, answers, live } = options;
  addHealthRoutes(app, options, access.isTrusted);
  app.setNotFoundHandler({ preValidation: access.guard(null) }, sendNotFound);
  app.register(async (page) => {
    page.addHook('onRequest', access.guard('page'));
    addPageRoutes(page, options.pageFolder);
  });
  app.register(async (push) => {
    addJobPushRoute(push, { ...options, ...options.jobs, engine }, access);
  });
  app.register(async (metrics) => {
    metrics.addHook('onRequest', access.guard('metrics'));
    addScrapeRoute(metrics, options);
  });
  app.register(async (operation) => {
    operation.addHook('onRequest', access.guard('read'));
    addOpenApiRoute(operation);
    addParkedRoutes(operation, engine);
    addExplainRoute(operation, engine);
    addListRoutes(operation, options);
    addRunRoute(operation, options);
    addCostRoute(operation, options);
    addDeploymentRoutes(operation, options);
    addWorkflowRoutes(operation, options);
    addBrokenRoute(operation, options);
    addStepRoute(operation, options);
    addQueueRoutes(operation, options);
    addNowRoute(operation, answers, clock);
    live.addRoute(operation);
    addRunnerRoute(operation, options);
    addBillingRoute(operation, options);
    addFacetRoute(operation, options);
    addStatusRoute(operation, options);
    addPushStatusRoute(operation, options);
    addBackfillRoutes(operation, backfill, clock);
    addReloadRoute(operation, options);
    addBackupRoute(operation, options);
  });
}

/** No route has a schema. Without these two, Fastify loads a hundred modules to compile them. */
const NO_SCHEMAS = { buildValidator: refuseSchema, buildSerializer: refuseSchema };

function refuseSchema(): never {
  throw new Error('No route has a schema.');
}

/** Fastify, but every error has our form. */
function createApp({ logger, certificate, maxConnections }: ApiListenerOptions): FastifyInstance {
  const handleError = createErrorHandler(logger);
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    serverFactory: (handle) => {
      const server = createHttpServer(SERVER_OPTIONS, certificate).on('request', handle);
      // Node.js would respond with 417, without our form and the security headers.
      server.on('checkExpectation', handle);
      server.maxConnections = maxConnections;
      return server;
    },
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => answerClientError(error, socket),
    frameworkErrors: handleError,
    schemaController: { compilersFactory: NO_SCHEMAS },
  });
  app.setErrorHandler(handleError);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: unknown, body: string) =>
    parseJson(body),
  );
  app.addHook('onRequest', async (_, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  app.addHook('onRequest', traceRequest);
  return app;
}

/** From the head of the request until the response is sent. Streams stay open for hours, and are left out. */
function traceRequest(request: FastifyRequest, reply: FastifyReply, go: () => void): void {
  const route = request.routeOptions.url ?? 'unknown';
  if (route === '/api/v1/live') {
    go();
    return;
  }
  const describe = (): Work => ({
    name: `${request.method} ${route}`,
    kind: 'server',
    attributes: { 'http.request.method': request.method, 'http.route': route },
    isRoot: true,
  });
  void traced(describe, async (work) => {
    go();
    if (work === null) return;
    await once(reply.raw, 'close');
    work.attributes['http.response.status_code'] = reply.raw.statusCode;
  });
}

function parseJson(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch {
    throw Object.assign(new Error('The body is not JSON.'), { statusCode: 400 });
  }
}

function isLoopbackAddress(bound: AddressInfo | string): boolean {
  return typeof bound !== 'string' && isLoopback(bound.address);
}
