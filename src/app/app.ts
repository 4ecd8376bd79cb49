import { type ApiListener, MAX_API_CONNECTIONS, openApiListener } from '../api/listener.ts';
import type { Settings } from '../config/settings.ts';
import type { Engine, Logger } from '../domain/contracts.ts';
import type { QueueStatus } from '../domain/delivery.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { Reload } from '../domain/reload.ts';
import { type EngineThread, startEngineThread } from '../engine-thread/engine-thread.ts';
import type { Address } from '../http/http-server.ts';
import { countingLogger } from '../logger/counting-logger.ts';
import type { LogFormat, LogLevel } from '../logger/open-logger.ts';
import type { Pressure } from '../memory/pressure.ts';
import { memoryLimitBytes, tightenHeap, watchProcess } from '../memory/process-memory.ts';
import { Descriptors } from '../metrics/descriptors.ts';
import { type IncrementBuffer, openIncrementBuffer } from '../metrics/increment-buffer.ts';
import { openProcessMetrics, type ProcessMetrics } from '../metrics/process-metrics.ts';
import { Teardown } from '../timing/teardown.ts';
import { type Certificates, openCertificates } from './certificates.ts';
import { engineOptions } from './engine-options.ts';
import { GitHubSync } from './github-sync.ts';
import { logProxies } from './log-proxies.ts';
import { readiness } from './readiness.ts';
import { applySettings, type ReadSettings, Reloader } from './reload.ts';
import { type AppRules, appRules } from './rules.ts';
import { ServiceClock } from './service-clock.ts';
import { openSnapshots } from './snapshots.ts';
import { WebhookIntake } from './webhook-intake.ts';

/** The running service. */
export interface App {
  /** Null: GitHub is asked, and sends no webhooks. */
  readonly webhookAddress: Address | null;
  readonly apiAddress: Address;
  /** Rejects when a part fails for good: the process can't go on. Never resolves. */
  readonly failed: Promise<never>;
  /** How many deliveries wait. */
  queue(): Promise<QueueStatus>;
  /** Stops in the reverse order of the data flow, finishes current work, and closes the store. */
  close(): Promise<void>;
  /** The step of `close` that is under way; null: none. */
  closingStep(): string | null;
  /** Reads the configuration again, and applies what can change. */
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

/** Starts the service. If a part can't start, closes the others in reverse and throws its `AntError`. */
export async function startApp(settings: Settings, options: AppOptions): Promise<App> {
  const teardown = new Teardown(options.logger);
  return teardown.runIfFails(async () => {
    const core = await openCore(settings, options, teardown);
    return startParts(settings, core, options, teardown);
  });
}

/** What most parts need. */
interface Core {
  readonly version: string;
  readonly clock: ServiceClock;
  readonly logger: Logger;
  /** The rules that apply now: a reload replaces them. */
  readonly current: { rules: AppRules };
  readonly limitBytes: number;
  readonly thread: EngineThread;
  readonly engine: Engine;
  readonly meter: IncrementBuffer;
  readonly processMetrics: ProcessMetrics;
  readonly pressure: Pressure;
  readonly descriptors: Descriptors;
  readonly certificates: Certificates;
}

/** The first half of the start: everything that does not talk to the outside. */
async function openCore(
  settings: Settings,
  { logger: uncounted, logFormat, version }: AppOptions,
  teardown: Teardown,
): Promise<Core> {
  const clock = new ServiceClock();
  const current = { rules: appRules(settings) };
  logProxies(settings.proxies, uncounted);
  const limitBytes = memoryLimitBytes(settings.memory.limitBytes);
  tightenHeap(limitBytes);

  const thread = await startEngineThread({
    engine: engineOptions(settings, { version, limitBytes }),
    log: { level: settings.log.level, format: logFormat },
    version,
    time: clock.shared.buffer,
  });
  teardown.add(
    'engine',
    () => thread.close(),
    () => thread.closingStep(),
  );
  const { engine } = thread;

  const meter = openIncrementBuffer((increments) => engine.count(increments), uncounted);
  teardown.add('self-metrics', () => meter.close());
  const logger = countingLogger(uncounted, meter);

  const processMetrics = openProcessMetrics({ thread: 'main', version });
  teardown.add('process metrics', () => processMetrics.close());

  const engineHeapShare = () => thread.heapShare();
  const pressure = watchProcess({ limitBytes, engine, engineHeapShare, logger });
  teardown.add('memory watch', () => pressure.close());

  const descriptors = new Descriptors({
    wanted: () => ({
      webhook: settings.webhook.secrets.length > 0 ? current.rules.webhook.maxConnections : 0,
      api: MAX_API_CONNECTIONS,
    }),
    logger,
  });
  teardown.add('file descriptors', () => descriptors.close());

  const certificates = await openCertificates(settings, { clock: clock.time.clock, meter, logger }, teardown);

  return {
    version,
    clock,
    logger,
    current,
    limitBytes,
    thread,
    engine,
    meter,
    processMetrics,
    pressure,
    descriptors,
    certificates,
  };
}

/**
 * The second half: everything that talks to the outside. All of it exists before the first of it is opened,
 * so that the API, which opens first, can answer for what is not open yet.
 */
async function startParts(
  settings: Settings,
  core: Core,
  { readSettings, setLogLevel }: AppOptions,
  teardown: Teardown,
): Promise<App> {
  const { version, clock, logger, current, limitBytes, thread, engine, meter } = core;
  const takesWebhooks = settings.webhook.secrets.length > 0;
  const webhook = openWebhookIntake(settings, core);
  const mode = takesWebhooks ? 'recover' : 'poll';
  const { time } = clock;
  const sync = new GitHubSync({ mode, version, engine, time, witness: clock, logger, meter });
  const reloader = new Reloader({ settings, read: readSettings, clock: time.clock, logger });
  const measured = [
    clock,
    core.processMetrics,
    core.pressure,
    core.descriptors,
    core.certificates,
    webhook,
    sync,
    reloader,
  ];
  const readings = () => measured.flatMap((each) => each.readings());
  const snapshots = openSnapshots({ engine, meter, readings });
  teardown.add('snapshots', () => snapshots.close());

  await startClock(core, sync, teardown);

  const api = await openApi(settings, core, { webhook, sync, reloader, readings });
  teardown.add('API listener', () => api.close());

  const webhookAddress = takesWebhooks ? await webhook.open() : null;
  teardown.add('webhook listener', () => webhook.close());

  const { github, recovery, storage } = settings;
  await sync.switchTo(sync.prepare({ github, recovery, storage, network: current.rules.network }));
  teardown.add('GitHub sync', () => sync.close());

  snapshots.pushEvery(current.rules.snapshotIntervalMs);

  reloader.start(async (next) => {
    await applySettings(next, { version, limitBytes, thread, current, setLogLevel, snapshots, sync });
    api.warnIfOpen();
  });
  teardown.add('reloads', () => reloader.close());

  return {
    webhookAddress,
    apiAddress: api.address,
    failed: Promise.race([thread.failed, sync.failed, reloader.failed]),
    queue: async () => (await engine.health()).queue,
    close: () => teardown.run(),
    closingStep: () => teardown.current,
    reload: reloader.reload,
  };
}

async function startClock(
  { clock, engine, meter, logger }: Core,
  sync: GitHubSync,
  teardown: Teardown,
): Promise<void> {
  await clock.start({
    engine,
    meter,
    logger,
    canAsk: () => sync.isAsking,
    askGitHub: () => sync.serverTime(),
    wake: () => sync.wake(),
  });
  teardown.add('clock', () => clock.close());
}

function openWebhookIntake(
  settings: Settings,
  { version, engine, meter, clock, logger, current, pressure, descriptors, certificates }: Core,
): WebhookIntake {
  return new WebhookIntake({
    settings,
    version,
    engine,
    meter,
    time: clock.time,
    signed: (atMs, run) => clock.signed(atMs, run),
    logger,
    isShortOfMemory: () => pressure.isHigh,
    fittingConnections: () => descriptors.connections.webhook,
    certificate: certificates.webhook,
    rules: () => current.rules.webhook,
    network: () => current.rules.network,
  });
}

interface Answering {
  readonly webhook: WebhookIntake;
  readonly sync: GitHubSync;
  readonly reloader: Reloader;
  readonly readings: () => GaugeReading[];
}

/** Serves metrics, health and the operator's API. Throws `listen_failed`. */
function openApi(
  { api, jobs, webhook: { secrets } }: Settings,
  { version, engine, meter, clock, logger, current, pressure, descriptors, certificates }: Core,
  { webhook, sync, reloader, readings }: Answering,
): Promise<ApiListener> {
  const takesWebhooks = secrets.length > 0;
  return openApiListener({
    host: api.host,
    port: api.port,
    certificate: certificates.api,
    writeTimeoutMs: api.writeTimeoutMs,
    maxConnections: descriptors.connections.api,
    accessRules: () => current.rules.access,
    version,
    engine,
    meter,
    clock: clock.time.clock,
    steady: clock.time.steady,
    logger,
    readings,
    flushMeter: () => meter.flush(),
    jobs: {
      jobRules: () => current.rules.jobs,
      bodyLimitBytes: jobs.bodyLimitBytes,
      maxNumbers: jobs.maxNumbers,
      isShortOfMemory: () => pressure.isHigh,
    },
    webUrl: () => current.rules.webUrl,
    intake: takesWebhooks ? 'webhooks' : 'polling',
    ready: () => readiness(!takesWebhooks || webhook.isOpen, engine, descriptors.shortage),
    lastAcceptedAtMs: () => webhook.lastAcceptedAtMs(),
    refusals: () => sync.refusals(),
    clockProblem: () => clock.problem(),
    clockSteppedAtMs: () => clock.lastStepAtMs,
    backfill: () => sync.backfill,
    isReloadAllowed: () => current.rules.isReloadAllowed,
    reload: reloader.reload,
  });
}
