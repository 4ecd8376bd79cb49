import { openApiListener } from './api/listener.ts';
import type { Settings } from './config/settings.ts';
import type { Logger } from './domain/contracts.ts';
import { openMeter } from './engine/meter.ts';
import { startEngineThread } from './engine/start-thread.ts';
import { actionOf, trimPayload } from './github/trim-payload.ts';
import { openProcessMetrics } from './metrics/process-metrics.ts';
import { openWebhookListener } from './webhook/listener.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The running service. */
export interface App {
  readonly webhookAddress: Address;
  readonly apiAddress: Address;
  /** Rejects when a part fails for good: the process can't go on. Never resolves. */
  readonly failed: Promise<never>;
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
  await using teardown = new AsyncDisposableStack();

  const thread = await startEngineThread({
    engine: {
      storageUrl: settings.storage.url,
      batchSize: settings.collector.batchSize,
      maxAttempts: settings.collector.maxAttempts,
    },
    log: settings.log,
  });
  teardown.defer(() => thread.close());
  const { engine } = thread;

  const meter = openMeter(engine);
  teardown.defer(() => meter.close());

  const processMetrics = openProcessMetrics({ thread: 'main', version });
  teardown.defer(() => processMetrics.close());

  const api = await openApiListener({
    ...settings.api,
    version,
    engine,
    readings: () => processMetrics.readings(),
    flushMeter: () => meter.flush(),
    clock,
    logger,
    ready: async () => webhookReadiness(),
  });
  teardown.defer(() => api.close());

  const webhook = await openWebhookListener({
    ...settings.webhook,
    inbox: engine,
    meter,
    logger,
    clock,
    read: (event, payload) => ({ action: actionOf(payload), payload: trimPayload(event, payload) }),
  });
  teardown.defer(() => webhook.close());

  const parts = teardown.move();
  return {
    webhookAddress: webhook.address,
    apiAddress: api.address,
    failed: thread.failed,
    close: () => parts.disposeAsync(),
  };

  function webhookReadiness() {
    return { ok: true };
  }
}
