import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Backfill } from '../domain/backfill.ts';
import type { Engine, Meter } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { Certificate } from '../http/certificate.ts';
import { type Address, createHttpServer, logFailedConnections } from '../http/http-server.ts';
import { listenByName } from '../http/listen-by-name.ts';
import { limitWriting } from '../http/unread-responses.ts';
import { type Access, type AccessRules, AREAS, type Area, createAccess, isLoopback } from './access.ts';
import { addBackfillRoutes } from './backfill-routes.ts';
import { addBackupRoute, type BackupOptions } from './backup-route.ts';
import { addExplainRoute } from './explain-route.ts';
import { addHealthRoutes, type HealthOptions, type HealthParts } from './health-routes.ts';
import { addJobPushRoute, type JobPushOptions } from './job-numbers/push-route.ts';
import { LIVE_PATH, type LiveStreams, openLiveStreams } from './live/live-route.ts';
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
import { answerClientError, NOT_FOUND, openErrorAnswers, SECURITY_HEADERS } from './reply.ts';
import { RouteTable } from './routing/route-table.ts';
import { type ServeOptions, serve } from './routing/serve.ts';
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
  const { writeTimeoutMs: timeoutMs, meter, logger } = options;
  let closing = false;
  let isBoundToLoopback = false;
  const isLoopbackOnly = () => isBoundToLoopback;
  const access = createAccess({ ...options, rules: options.accessRules, isLoopbackOnly });
  const answers = new NowAnswers(options);
  const live = openLiveStreams({ answers, access, meter, logger });
  const server = createServer(options, {
    table: routesOf({ ...options, startedAtMs: options.steady(), access, answers, live }),
    answerTo: openErrorAnswers(logger),
    headers: SECURITY_HEADERS,
    isClosing: () => closing,
    untraced: [LIVE_PATH],
  });
  const writing = limitWriting(server, { listener: 'api', timeoutMs, meter, logger });
  const listening = await listenByName(server, options).catch(async (error) => {
    await live.close();
    await writing.close();
    throw error;
  });
  isBoundToLoopback = listening.addresses.every(({ host }) => isLoopback(host));
  logFailedConnections(server, 'api', logger);
  const logAccess = createAccessLog(options, isLoopbackOnly);
  logAccess();
  return {
    address: listening.addresses[0],
    logAccess,
    readings: live.readings,
    async close() {
      closing = true;
      await live.close();
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      await listening.close();
      clearTimeout(timer);
      await writing.close();
      access.close();
    },
  };
}

function createServer({ certificate, maxConnections }: ApiListenerOptions, options: ServeOptions): Server {
  const server = createHttpServer(SERVER_OPTIONS, certificate);
  const answer = serve(options);
  server.on('request', answer);
  // Node.js would respond with 417, without our form and the security headers.
  server.on('checkExpectation', answer);
  server.on('clientError', (error, socket) => answerClientError(error, socket as Socket));
  server.maxConnections = maxConnections;
  return server;
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

function routesOf(options: RouteOptions): RouteTable {
  const { engine, access, live, answers, backfill, clock } = options;
  const ofNone = access.guard(null);
  const table = new RouteTable((request) => ofNone(request) ?? NOT_FOUND);
  addHealthRoutes(table.behind(), options, access.isTrusted);
  addPageRoutes(table.behind(access.guard('page')), options.pageFolder);
  addJobPushRoute(table.behind(), { ...options, ...options.jobs, engine }, access);
  addScrapeRoute(table.behind(access.guard('metrics')), options);
  const routes = table.behind(access.guard('read'));
  addOpenApiRoute(routes);
  addParkedRoutes(routes, engine);
  addExplainRoute(routes, engine);
  addListRoutes(routes, options);
  addRunRoute(routes, options);
  addCostRoute(routes, options);
  addDeploymentRoutes(routes, options);
  addWorkflowRoutes(routes, options);
  addBrokenRoute(routes, options);
  addStepRoute(routes, options);
  addQueueRoutes(routes, options);
  addNowRoute(routes, answers, clock);
  live.addRoute(routes);
  addRunnerRoute(routes, options);
  addBillingRoute(routes, options);
  addFacetRoute(routes, options);
  addStatusRoute(routes, options);
  addPushStatusRoute(routes, options);
  addBackfillRoutes(routes, backfill, clock);
  addReloadRoute(routes, options);
  addBackupRoute(routes, options);
  return table;
}
