import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/domain/contracts.ts';
import type { PlayedWorld, World } from '../world.ts';
import { type AppIdentity, createCredentials } from './caller.ts';
import { createDeliveryLog, type DeliveryLog } from './delivery-log.ts';
import { createDirectory } from './directory.ts';
import type { ApiContext } from './endpoint.ts';
import { createFaults, type Faults } from './faults.ts';
import { createHistory } from './history.ts';
import type { HookKind } from './hook-kind.ts';
import { createHookshot, type Hookshot, type WebhookTarget } from './hookshot.ts';
import { createLies, type Lies } from './lies.ts';
import { createLimits, type LimitOptions, type Limits } from './limits.ts';
import type { Policies } from './policies.ts';
import { createRequestHandler } from './request-handler.ts';
import { createRequestCounts, type RequestCounts } from './requests.ts';

export interface SimulatedGitHubOptions {
  readonly world: World | PlayedWorld;
  /** The time in the world: later events are not known yet. */
  readonly clock: Clock;
  /** The time of deliveries, tokens, limits and `Date` headers; by default that of the world. */
  readonly hereClock?: Clock;
  readonly host?: string;
  /** By default any free one. */
  readonly port?: number;
  /** The accepted ones; may change. */
  readonly personalTokens?: readonly string[];
  /** The login of the person who owns them; by default one who owns a repository. */
  readonly tokenOwner?: string;
  readonly app?: AppIdentity | undefined;
  readonly limits?: LimitOptions;
  /** As in `CredentialOptions`. */
  readonly tokenLifeMs?: number | undefined;
  /** What sends the webhooks; by default an App. */
  readonly hooks?: readonly HookKind[];
  /** What the hooks of organizations and repositories send; by default runs and jobs. */
  readonly hookEvents?: readonly string[];
  /** Where webhooks go when they are redelivered. */
  readonly webhook?: WebhookTarget | undefined;
  /** The share of finished runs whose `updated_at` changed after their end; by default 0.3. */
  readonly touched?: number;
  /** As in `LaterChanges`. */
  readonly cleanedAtMs?: number;
}

/** GitHub's REST API over a simulated world, at its own address. Close it by disposing it. */
export interface SimulatedGitHub extends AsyncDisposable, Pick<Hookshot, 'deliver'> {
  /** For `github.api_url`. */
  readonly url: string;
  /** The outcomes of the webhooks. Whoever sends them records them here. */
  readonly log: DeliveryLog;
  readonly requests: RequestCounts;
  readonly faults: Faults;
  readonly lies: Lies;
  readonly limits: Limits;
  /** Names of withdrawn permissions, such as `actions`. */
  readonly withdrawn: Set<string>;
  /** Accounts and repositories that are closed to us, and why. */
  readonly policies: Policies;
  /** Full names of repositories that look deleted. */
  readonly hidden: Set<string>;
  /** How far the index behind the filters of run lists lags behind, in world time. */
  indexLagMs: number;
}

const TOUCHED = 0.3;

/** Resolves once it listens; rejects when it can't. */
export async function openSimulatedGitHub(options: SimulatedGitHubOptions): Promise<SimulatedGitHub> {
  const { world, clock, hereClock = clock, webhook } = options;
  const { seed } = world;
  const log = createDeliveryLog(hereClock);
  const hookshot = createHookshot(webhook, log, hereClock);
  const { context, ...rest } = setScene(options, log, hookshot);
  const [faults, lies, requests] = [createFaults(seed), createLies(seed), createRequestCounts()];
  const reception = createRequestHandler({ seed, clock: hereClock, context, faults, lies, requests });
  const server = createServer((request, response) => void reception(request, response));
  const url = await listen(server, options);
  return {
    ...rest,
    url,
    log,
    faults,
    lies,
    requests,
    deliver: hookshot.deliver,
    get indexLagMs() {
      return context.indexLagMs;
    },
    set indexLagMs(ms) {
      context.indexLagMs = ms;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await hookshot[Symbol.asyncDispose]();
    },
  };
}

function setScene(options: SimulatedGitHubOptions, log: DeliveryLog, hookshot: Hookshot) {
  const { world, clock, hereClock = clock, personalTokens = [], app, webhook, tokenLifeMs } = options;
  const { seed } = world;
  const [hidden, withdrawn] = [new Set<string>(), new Set<string>()];
  const policies: Policies = new Map();
  const directory = createDirectory(world.population, hidden);
  const tokenOwner = directory.account(options.tokenOwner ?? 'mira-holt');
  if (tokenOwner === undefined) throw new TypeError(`${options.tokenOwner} is not in this world`);
  const limits = createLimits(options.limits ?? {}, hereClock);
  const context: ApiContext & { indexLagMs: number } = {
    history: createHistory(world, clock),
    directory,
    policies,
    tokenOwner,
    log,
    limits,
    credentials: createCredentials({ seed, clock: hereClock, personalTokens, tokenOwner, app, tokenLifeMs }),
    app,
    hooks: options.hooks ?? ['app'],
    hookEvents: options.hookEvents ?? [
      ...['workflow_run', 'workflow_job'],
      ...(world.deployments ? ['deployment', 'deployment_status'] : []),
    ],
    webhookUrl: webhook?.url.href ?? 'https://example.com/webhook',
    secret: webhook?.secret,
    withdrawn,
    indexLagMs: 0,
    changes: { touched: options.touched ?? TOUCHED, cleanedAtMs: options.cleanedAtMs },
    redeliver: (delivery) => void hookshot.deliver(delivery),
  };
  return { context, hidden, withdrawn, policies, limits };
}

async function listen(
  server: Server,
  { host = '127.0.0.1', port = 0 }: SimulatedGitHubOptions,
): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
