import { type ApiListener, openApiListener } from '../api/listener.ts';
import type { ConfigFiles } from '../config/config-files.ts';
import type { Settings } from '../config/settings.ts';
import type { QueueStatus } from '../domain/delivery.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { Reload } from '../domain/reload.ts';
import type { Address } from '../http/http-server.ts';
import type { LogLevel } from '../logger/open-logger.ts';
import { isSharedStore } from '../store/shared-store.ts';
import type { Teardown } from '../timing/teardown.ts';
import { WorkRelay } from '../tracing/work-relay.ts';
import type { Core, CoreOptions } from './core.ts';
import { GitHubSync } from './github-sync.ts';
import { followLead } from './leadership.ts';
import { questionsOf } from './queries.ts';
import { openReadiness } from './readiness.ts';
import { applySettings, type ReadSettings, Reloader } from './reload.ts';
import { openSnapshots } from './snapshots.ts';
import { watchConfig } from './watch-config.ts';
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
  /** Goes on with everything, and says from now on that it is not ready. */
  announceStop(): void;
  /** Stops in the reverse order of the data flow, finishes current work, and closes the store. */
  close(): Promise<void>;
  /** The step of `close` that is under way; null: none. */
  closingStep(): string | null;
  /** Reads the configuration again, and applies what can change. */
  readonly reload: Reload;
}

/** What the service gets from the process. */
export interface AppOptions extends CoreOptions {
  readonly readSettings: ReadSettings;
  readonly configFiles: ConfigFiles;
  /** Sets the least level that `logger` writes. */
  readonly setLogLevel: (level: LogLevel) => void;
}

/**
 * Starts everything that talks to the outside. All of it exists before the first of it is opened, so that the
 * API, which opens first, can answer for what is not open yet.
 */
export async function startParts(
  settings: Settings,
  core: Core,
  { readSettings, configFiles, setLogLevel }: AppOptions,
  teardown: Teardown,
): Promise<App> {
  const { version, takesWebhooks, serviceClock, time, logger, current, host, engine, lead, meter } = core;
  const webhook = openWebhookIntake(settings, core);
  const isShared = isSharedStore(settings.storage.url);
  const mode = takesWebhooks ? 'recover' : 'poll';
  const sync = new GitHubSync({ mode, version, engine, time, serviceClock, logger, meter });
  const reloader = new Reloader({ settings, read: readSettings, clock: time.clock, logger });
  const measured = measuredParts(core, { webhook, sync: isShared ? null : sync, reloader });
  let isAnnounced = false;
  const readings = () => measured.flatMap((each) => each.readings());
  const ownWork = traceOwnWork(core, teardown);
  const snapshots = openSnapshots({ engine, meter, lead, readings });
  teardown.add('snapshots', () => snapshots.close());

  await startClock(core, sync, teardown);

  const answering = { webhook, sync, reloader, readings, isStopping: () => isAnnounced };
  const api = await openApi(settings, core, answering);
  measured.push(api);
  teardown.add('API listener', () => api.close());

  const webhookAddress = takesWebhooks ? await webhook.open() : null;
  teardown.add('webhook listener', () => webhook.close());

  const { github, recovery, storage, metrics } = settings;
  if (isShared) await sync.lead(false);
  await sync.switchTo(sync.prepare({ github, recovery, storage, metrics, network: current.rules.network }));
  teardown.add('GitHub sync', () => sync.close());
  const leadership = isShared ? followLead({ lead, sync, engine, clock: time.clock }) : null;
  teardown.add('leadership', async () => leadership?.close());

  snapshots.pushEvery(current.rules.snapshotIntervals);

  reloader.start(async (next) => {
    await applySettings(next, { ...core, setLogLevel, snapshots, ownWork, sync });
    api.logAccess();
  });
  teardown.add('reloads', () => reloader.close());
  const watch = watchConfig(configFiles, { rules: () => current.rules, reload: reloader.reload });
  teardown.add('watch of the configuration', () => watch.close());

  return {
    webhookAddress,
    apiAddress: api.address,
    failed: Promise.race([
      ...[host.failed, core.queriesFailed, sync.failed, reloader.failed, watch.failed],
      ...(leadership === null ? [] : [leadership.failed]),
    ]),
    queue: async () => (await engine.health()).queue,
    announceStop: () => {
      isAnnounced = true;
    },
    close: () => teardown.run(),
    closingStep: () => teardown.current,
    reload: reloader.reload,
  };
}

/** What has gauges on this thread. What is asked of GitHub is told by whoever asks (`followLead`). */
function measuredParts(
  { serviceClock, processMetrics, pressure, descriptors, certificates }: Core,
  { webhook, sync, reloader }: { webhook: WebhookIntake; sync: GitHubSync | null; reloader: Reloader },
): { readings(): GaugeReading[] }[] {
  const asked = sync === null ? [] : [sync];
  return [serviceClock, processMetrics, pressure, descriptors, certificates, webhook, ...asked, reloader];
}

function traceOwnWork({ engine, current }: Core, teardown: Teardown): WorkRelay {
  const ownWork = new WorkRelay((spans, leftOut) => engine.addOwnSpans(spans, leftOut));
  ownWork.listen(current.rules.ownTraces);
  teardown.add('own traces', () => ownWork.close());
  return ownWork;
}

async function startClock(
  { serviceClock, engine, meter, logger }: Core,
  sync: GitHubSync,
  teardown: Teardown,
): Promise<void> {
  await serviceClock.start({
    engine,
    meter,
    logger,
    canAsk: () => sync.isAsking,
    askGitHub: () => sync.serverTime(),
    wake: () => sync.wake(),
  });
  teardown.add('clock', () => serviceClock.close());
}

function openWebhookIntake(
  settings: Settings,
  { version, engine, meter, serviceClock, time, logger, current, pressure, descriptors, certificates }: Core,
): WebhookIntake {
  return new WebhookIntake({
    settings,
    version,
    engine,
    meter,
    time,
    onSignedTime: (atMs, run) => serviceClock.signed(atMs, run),
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
  readonly isStopping: () => boolean;
}

/** What is known of GitHub, or is not, and why. */
function knownOfGitHub(sync: GitHubSync) {
  return {
    githubReadings: () => sync.readings(),
    runnersMissing: () => sync.runnersMissing(),
    bills: () => sync.bills(),
    leftOut: () => sync.leftOut(),
    firstRead: () => sync.firstRead(),
    backfill: () => sync.backfill,
  };
}

/** Serves metrics, health and the operator's API. Throws `listen_failed`. */
function openApi(
  { api, jobs, storage }: Settings,
  core: Core,
  { webhook, sync, reloader, readings, isStopping }: Answering,
): Promise<ApiListener> {
  const { version, takesWebhooks, serviceClock, time, engine, queries, meter, logger, current } = core;
  const { pressure, descriptors, certificates } = core;
  return openApiListener({
    host: api.host,
    port: api.port,
    certificate: certificates.api,
    writeTimeoutMs: api.writeTimeoutMs,
    maxConnections: descriptors.connections.api,
    accessRules: () => current.rules.access,
    version,
    engine: { ...engine, ...questionsOf(queries) },
    queries,
    meter,
    clock: time.clock,
    steady: time.steady,
    logger,
    readings,
    flushMeter: () => meter.flush(),
    isShared: isSharedStore(storage.url),
    compatNames: () => current.rules.compatNames,
    jobs: {
      jobRules: () => current.rules.jobs,
      bodyLimitBytes: jobs.bodyLimitBytes,
      maxNumbers: jobs.maxNumbers,
      isShortOfMemory: () => pressure.isHigh,
    },
    webUrl: () => current.rules.webUrl,
    readsReasons: () => current.rules.readsReasons,
    ...knownOfGitHub(sync),
    webhookPlace: () => webhook.place(),
    memoryLimitBytes: core.limitBytes,
    storageKind: isSharedStore(storage.url) ? 'postgres' : storage.url === 'memory:' ? 'memory' : 'sqlite',
    intake: takesWebhooks ? 'webhooks' : 'polling',
    ready: openReadiness({
      isStopping,
      isOpen: () => !takesWebhooks || webhook.isOpen,
      shortage: () => descriptors.shortage,
      engine,
    }),
    lastAcceptedAtMs: () => webhook.lastAcceptedAtMs(),
    refusals: () => [serviceClock.waitsBecause() ?? [], sync.refusals()].flat(),
    clockProblem: () => serviceClock.problem(),
    clockSteppedAtMs: () => serviceClock.lastStepAtMs,
    isReloadAllowed: () => current.rules.isReloadAllowed,
    reload: reloader.reload,
  });
}
