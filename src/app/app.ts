import { type ApiListener, openApiListener } from '../api/listener.ts';
import type { Settings } from '../config/settings.ts';
import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { QueueStatus } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { Reload, ReloadOutcome } from '../domain/reload.ts';
import type { LogFormat, LogLevel } from '../logger/open-logger.ts';
import { memoryLimitBytes } from '../memory/memory-limit.ts';
import { tightenHeap } from '../memory/tighten-heap.ts';
import { watchProcess } from '../memory/watch-process.ts';
import { type IncrementBuffer, openIncrementBuffer } from '../metrics/increment-buffer.ts';
import { openProcessMetrics } from '../metrics/process-metrics.ts';
import { nameOfProxy } from '../outbound/proxies.ts';
import type { WebhookListener } from '../webhook/listener.ts';
import { applySettings } from './apply-settings.ts';
import { type Certificates, openCertificates } from './certificates.ts';
import { engineOptions } from './engine-options.ts';
import { startEngineThread } from './engine-thread.ts';
import { LiveRecovery } from './github-sync.ts';
import { openIntake } from './open-intake.ts';
import { type ReadSettings, Reloader } from './reload.ts';
import { type AppRules, appRules } from './rules.ts';
import { openSnapshots, type Snapshots } from './snapshots.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The running service. */
export interface App {
  /** Null: GitHub is asked, and sends no webhooks. */
  readonly webhookAddress: Address | null;
  readonly apiAddress: Address;
  /** Rejects when a part fails for good: the process can't go on. Never resolves. */
  readonly failed: Promise<never>;
  /** How many deliveries wait. */
  queue(): Promise<QueueStatus>;
  /** Stops in the reverse order of the data flow: accepts nothing more, finishes what is in hand, closes the store. */
  close(): Promise<void>;
  /** Reads the configuration again, and puts in force what can change. */
  readonly reload: Reload;
}

/** What the service gets from the process. */
export interface AppOptions {
  readonly logger: Logger;
  /** That of `logger`, for other threads. */
  readonly logFormat: LogFormat;
  readonly version: string;
  readonly readSettings: ReadSettings;
  /** Sets the least level that `logger` writes. */
  readonly setLogLevel: (level: LogLevel) => void;
}

const STARTING: ReloadOutcome = { kind: 'unavailable', reason: 'The service is starting.' };

/**
 * Builds all parts in the order of the data flow and gives each only what it needs. Whatever was built is closed again in
 * reverse when a later part fails. Throws the `AntError` of the part that could not start.
 */
export async function startApp(
  settings: Settings,
  { logger, logFormat, version, readSettings, setLogLevel }: AppOptions,
): Promise<App> {
  const clock = Date.now;
  tellProxies(settings.proxies, logger);
  const limitBytes = memoryLimitBytes(settings.memory.limitBytes);
  tightenHeap(limitBytes);
  await using teardown = new AsyncDisposableStack();

  const thread = await startEngineThread({
    engine: engineOptions(settings, { version, limitBytes }),
    log: { ...settings.log, format: logFormat },
    version,
  });
  teardown.defer(() => thread.close());
  const { engine } = thread;

  const meter = openIncrementBuffer((increments) => engine.count(increments), logger);
  teardown.defer(() => meter.close());

  const processMetrics = openProcessMetrics({ thread: 'main', version });
  teardown.defer(() => processMetrics.close());

  const pressure = watchProcess({ limitBytes, engine, engineHeapShare: thread.heapShare, clock, logger });
  teardown.defer(() => pressure.close());

  const certificates = await openCertificates(settings, { clock, meter, logger });
  teardown.defer(() => certificates.close());

  const takesWebhooks = settings.webhook.secrets.length > 0;
  const shared = { version, engine, meter, clock, logger };
  const recovery = new LiveRecovery(takesWebhooks ? 'recover' : 'poll', shared);
  const live: Live = { rules: appRules(settings), recovery, webhook: null, reloader: null };
  const readings = () => [
    ...processMetrics.readings(),
    ...pressure.readings(),
    ...certificates.readings(),
    ...(live.webhook?.readings() ?? []),
    ...(recovery.running?.readings() ?? []),
    ...(live.reloader?.readings() ?? []),
  ];

  const snapshots = openSnapshotsOf(engine, meter, readings);
  teardown.defer(() => snapshots.close());

  const isShortOfMemory = () => pressure.isHigh;
  const ofListeners = { ...shared, isShortOfMemory, certificates };
  const api = await openApi(settings, live, { ...ofListeners, readings });
  teardown.defer(() => api.close());

  const webhookNeeds = { ...ofListeners, rules: () => live.rules.webhook, network: () => live.rules.network };
  if (takesWebhooks) live.webhook = await openIntake(settings, webhookNeeds);
  teardown.defer(() => closeWebhook(live));

  await recovery.adopt(recovery.prepare({ ...settings, network: live.rules.network }));
  teardown.use(recovery);
  snapshots.setInterval(live.rules.snapshotIntervalMs);

  const changing = { version, limitBytes, thread, recovery, snapshots, live, setLogLevel };
  const apply = async (next: Settings) => {
    await applySettings(next, changing);
    api.warnIfOpen();
  };
  const reloader = new Reloader({ settings, read: readSettings, apply, clock, logger });
  live.reloader = reloader;
  teardown.defer(() => reloader.close());
  const parts = teardown.move();
  return {
    webhookAddress: live.webhook?.address ?? null,
    apiAddress: api.address,
    failed: Promise.race([thread.failed, recovery.failed, reloader.failed]),
    queue: async () => (await engine.health()).queue,
    close: () => parts.disposeAsync(),
    reload: reloader.reload,
  };
}

/** So that nobody has to guess which way requests take. */
function tellProxies({ http, https, except }: Settings['proxies'], logger: Logger): void {
  if (http === null && https === null) return;
  const [httpProxy, httpsProxy] = [http, https].map((url) => url && nameOfProxy(new URL(url)));
  logger.info('Requests go through a proxy', {
    https_proxy: httpsProxy,
    http_proxy: httpProxy,
    no_proxy: except,
  });
}

/** What may be another one from one moment to the next. */
interface Live {
  rules: AppRules;
  readonly recovery: LiveRecovery;
  /** Null: not open, or closed again. */
  webhook: WebhookListener | null;
  /** Null until everything else has started. */
  reloader: Reloader | null;
}

/** What most parts need. */
interface Shared {
  readonly version: string;
  readonly engine: Engine;
  readonly meter: IncrementBuffer;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Serves metrics, health and the operator's API. Throws `listen_failed`. */
function openApi(
  { api, jobs, webhook }: Settings,
  live: Live,
  parts: Shared & {
    readonly readings: () => GaugeReading[];
    readonly isShortOfMemory: () => boolean;
    readonly certificates: Certificates;
  },
): Promise<ApiListener> {
  const takesWebhooks = webhook.secrets.length > 0;
  const { isShortOfMemory, certificates } = parts;
  return openApiListener({
    ...api,
    ...parts,
    accessRules: () => live.rules.access,
    jobs: { ...jobs, jobRules: () => live.rules.jobs, isShortOfMemory },
    certificate: certificates.api,
    flushMeter: () => parts.meter.flush(),
    webUrl: () => live.rules.webUrl,
    intake: takesWebhooks ? 'webhooks' : 'polling',
    ready: () => readiness(takesWebhooks && live.webhook === null, parts.engine),
    lastAcceptedAtMs: () => live.webhook?.lastAcceptedAtMs() ?? null,
    refusals: () => live.recovery.running?.refusals() ?? [],
    backfill: () => live.recovery.running?.backfill ?? null,
    isReloadAllowed: () => live.rules.isReloadAllowed,
    reload: async () => live.reloader?.reload() ?? STARTING,
  });
}

async function closeWebhook(live: Live): Promise<void> {
  const listener = live.webhook;
  live.webhook = null;
  await listener?.close();
}

function openSnapshotsOf(engine: Engine, meter: IncrementBuffer, readings: () => GaugeReading[]): Snapshots {
  return openSnapshots({
    take: async () => {
      await meter.flush();
      await engine.pushSnapshot(readings());
    },
    end: () => engine.endSnapshots(),
  });
}

/** Whether a delivery can be accepted now: somebody listens for it, where GitHub sends any, and it would become durable. */
async function readiness(isClosed: boolean, engine: Engine) {
  if (isClosed) return { ok: false, reason: 'The webhook listener is not open.' };
  try {
    await engine.proveDurable();
    return { ok: true };
  } catch (error) {
    if (!(error instanceof AntError)) throw error;
    return { ok: false, reason: error.message };
  }
}
