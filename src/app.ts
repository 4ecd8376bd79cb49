import { openApiListener } from './api/listener.ts';
import type { Settings } from './config/settings.ts';
import type { Engine, Logger, QueueStatus } from './domain/contracts.ts';
import { AntError } from './domain/errors.ts';
import type { GaugeReading } from './domain/metric.ts';
import { type BufferedMeter, openMeter } from './engine/meter.ts';
import { startSnapshots } from './engine/snapshots.ts';
import { startEngineThread } from './engine/start-thread.ts';
import { engineOptions } from './engine-options.ts';
import { memoryLimitBytes } from './memory/memory-limit.ts';
import { tightenHeap } from './memory/tighten-heap.ts';
import { watchProcess } from './memory/watch-process.ts';
import { openProcessMetrics } from './metrics/process-metrics.ts';
import { openGitHubOf, openRecovery, type RunningRecovery } from './recovery-parts.ts';
import type { WebhookListener } from './webhook/listener.ts';
import { webhookRules } from './webhook/rules.ts';
import { openIntake } from './webhook-parts.ts';

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
}

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
    version,
  });
  teardown.defer(() => thread.close());
  const { engine } = thread;

  const meter = openMeter(engine);
  teardown.defer(() => meter.close());

  const processMetrics = openProcessMetrics({ thread: 'main', version });
  teardown.defer(() => processMetrics.close());

  const pressure = watchProcess({ limitBytes, engine, engineHeapShare: thread.heapShare, clock, logger });
  teardown.defer(() => pressure.close());

  const takesWebhooks = settings.webhook.secrets.length > 0;
  let webhook: WebhookListener | null = null;
  let recovery: RunningRecovery | null = null;
  const readings = () => [
    ...processMetrics.readings(),
    ...pressure.readings(),
    ...(webhook?.readings() ?? []),
    ...(recovery?.readings() ?? []),
  ];

  const snapshots = openSnapshots(settings, engine, meter, readings);
  teardown.defer(() => snapshots.close());

  const api = await openApiListener({
    ...settings.api,
    version,
    engine,
    readings,
    flushMeter: () => meter.flush(),
    clock,
    logger,
    intake: takesWebhooks ? 'webhooks' : 'polling',
    ready: () => readiness(takesWebhooks && webhook === null, engine),
    lastAcceptedAtMs: () => webhook?.lastAcceptedAtMs() ?? null,
    refusals: () => recovery?.refusals() ?? [],
    backfill: () => recovery?.backfill ?? null,
  });
  teardown.defer(() => api.close());

  const needs = { version, engine, clock, logger, meter };
  const rules = webhookRules(settings.webhook);
  const isShortOfMemory = () => pressure.isHigh;
  if (takesWebhooks) webhook = await openIntake(settings, { ...needs, isShortOfMemory, rules: () => rules });
  teardown.defer(closeWebhook);

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
    queue: async () => (await engine.health()).queue,
    close: () => parts.disposeAsync(),
  };

  async function closeWebhook(): Promise<void> {
    const listener = webhook;
    webhook = null;
    await listener?.close();
  }
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
