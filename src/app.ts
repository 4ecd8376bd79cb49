import { accessRules } from './api/access-rules.ts';
import { jobRules } from './api/jobs/job-rules.ts';
import { type ApiListener, openApiListener } from './api/listener.ts';
import { type Certificates, openCertificates } from './certificates.ts';
import type { Settings } from './config/settings.ts';
import type { Clock, Engine, Logger } from './domain/contracts.ts';
import { AntError } from './domain/errors.ts';
import type { GaugeReading } from './domain/metric.ts';
import { type BufferedMeter, openMeter } from './engine/meter.ts';
import { startSnapshots } from './engine/snapshots.ts';
import { startEngineThread } from './engine/start-thread.ts';
import { engineOptions } from './engine-options.ts';
import { actionOf, trimPayload } from './github/trim-payload.ts';
import { memoryLimitBytes } from './memory/memory-limit.ts';
import type { Pressure } from './memory/pressure.ts';
import { tightenHeap } from './memory/tighten-heap.ts';
import { watchProcess } from './memory/watch-process.ts';
import { openProcessMetrics } from './metrics/process-metrics.ts';
import { openGitHubOf, openRecovery, type RunningRecovery } from './recovery-parts.ts';
import { openWebhookListener, type WebhookListener } from './webhook/listener.ts';

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
  /** Stops in the reverse order of the data flow: accepts nothing more, finishes what is in hand, closes the store. */
  close(): Promise<void>;
}

const MAX_CLOSE_GRACE_MS = 5000;

/**
 * Builds all parts in the order of the data flow and gives each only what it needs. Whatever was built is closed again in
 * reverse when a later part fails. Throws the `AntError` of the part that could not start.
 */
export async function startApp(
  settings: Settings,
  { logger, version }: { readonly logger: Logger; readonly version: string },
): Promise<App> {
  const clock = Date.now;
  const limitBytes = memoryLimitBytes(settings.memory.limitBytes);
  tightenHeap(limitBytes);
  await using teardown = new AsyncDisposableStack();

  const thread = await startEngineThread({
    engine: engineOptions(settings, { version, limitBytes }),
    log: settings.log,
  });
  teardown.defer(() => thread.close());
  const { engine } = thread;

  const meter = openMeter(engine);
  teardown.defer(() => meter.close());

  const processMetrics = openProcessMetrics({ thread: 'main', version });
  teardown.defer(() => processMetrics.close());

  const pressure = watchProcess({ limitBytes, engine, engineHeapShare: thread.heapShare, clock, logger });
  teardown.defer(() => pressure.close());

  const certificates = await openCertificates(settings, { clock, meter, logger });
  teardown.defer(() => certificates.close());

  const takesWebhooks = settings.webhook.secrets.length > 0;
  let webhook: WebhookListener | null = null;
  let recovery: RunningRecovery | null = null;
  const readings = () => [
    ...processMetrics.readings(),
    ...pressure.readings(),
    ...certificates.readings(),
    ...(recovery?.readings() ?? []),
  ];

  const snapshots = openSnapshots(settings, engine, meter, readings);
  teardown.defer(() => snapshots.close());

  const api = await openApi(settings, {
    version,
    engine,
    meter,
    pressure,
    readings,
    certificates,
    clock,
    logger,
    isClosed: () => takesWebhooks && webhook === null,
    webhook: () => webhook,
    recovery: () => recovery,
  });
  teardown.defer(() => api.close());

  if (takesWebhooks)
    webhook = await openIntake(settings, { engine, meter, pressure, certificates, clock, logger });
  teardown.defer(closeWebhook);

  const needs = { version, engine, clock, logger, meter };
  const github = openGitHubOf(settings, needs);
  if (github !== null) {
    recovery = openRecovery(github, takesWebhooks ? 'recover' : 'poll', settings, needs);
    teardown.use(recovery);
  }

  const parts = teardown.move();
  return {
    webhookAddress: webhook?.address ?? null,
    apiAddress: api.address,
    failed: Promise.race([thread.failed, ...(recovery === null ? [] : [recovery.failed])]),
    close: () => parts.disposeAsync(),
  };

  async function closeWebhook(): Promise<void> {
    const listener = webhook;
    webhook = null;
    await listener?.close();
  }
}

/** Serves what the other parts know. Throws `listen_failed`. */
function openApi(
  { api, jobs, webhook }: Settings,
  parts: {
    readonly version: string;
    readonly engine: Engine;
    readonly meter: BufferedMeter;
    readonly pressure: Pressure;
    readonly readings: () => GaugeReading[];
    readonly certificates: Certificates;
    readonly clock: Clock;
    readonly logger: Logger;
    /** Whether deliveries are expected and nobody listens for them. */
    readonly isClosed: () => boolean;
    readonly webhook: () => WebhookListener | null;
    readonly recovery: () => RunningRecovery | null;
  },
): Promise<ApiListener> {
  const rules = accessRules(api);
  const ofJobs = jobRules(jobs);
  return openApiListener({
    ...api,
    ...parts,
    accessRules: () => rules,
    jobs: { ...jobs, jobRules: () => ofJobs, isShortOfMemory: () => parts.pressure.isHigh },
    certificate: parts.certificates.api,
    flushMeter: () => parts.meter.flush(),
    intake: webhook.secrets.length > 0 ? 'webhooks' : 'polling',
    ready: () => readiness(parts.isClosed(), parts.engine),
    lastAcceptedAtMs: () => parts.webhook()?.lastAcceptedAtMs() ?? null,
    refusals: () => parts.recovery()?.refusals() ?? [],
    backfill: () => parts.recovery()?.backfill ?? null,
  });
}

/** Listens for GitHub's webhooks. Throws `listen_failed`. */
function openIntake(
  { webhook, shutdown }: Settings,
  parts: {
    readonly engine: Engine;
    readonly meter: BufferedMeter;
    readonly pressure: Pressure;
    readonly certificates: Certificates;
    readonly clock: Clock;
    readonly logger: Logger;
  },
): Promise<WebhookListener> {
  return openWebhookListener({
    ...webhook,
    ...parts,
    certificate: parts.certificates.webhook,
    // A request that stalls may not use up the time that the rest of the way needs.
    closeGraceMs: Math.min(MAX_CLOSE_GRACE_MS, shutdown.graceMs / 2),
    isShortOfMemory: () => parts.pressure.isHigh,
    inbox: parts.engine,
    read: (event, payload) => ({ action: actionOf(payload), payload: trimPayload(event, payload) }),
  });
}

function openSnapshots(
  { push }: Settings,
  engine: Engine,
  meter: BufferedMeter,
  readings: () => GaugeReading[],
): { close(): Promise<void> } {
  return startSnapshots({
    intervalMs: push.url.length === 0 ? null : push.snapshotIntervalMs,
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
