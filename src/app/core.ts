import { MAX_API_CONNECTIONS } from '../api/max-connections.ts';
import type { Settings } from '../config/settings.ts';
import type { Engine, Logger } from '../domain/contracts.ts';
import type { EngineHost } from '../engine-thread/engine-host.ts';
import { startHost } from '../engine-thread/start-host.ts';
import { countingLogger } from '../logger/counting-logger.ts';
import type { LogFormat } from '../logger/open-logger.ts';
import type { Pressure } from '../memory/pressure.ts';
import { limitHeapGrowth, memoryLimitBytes, watchProcess } from '../memory/process-memory.ts';
import { Descriptors } from '../metrics/descriptors.ts';
import { type IncrementBuffer, openIncrementBuffer } from '../metrics/increment-buffer.ts';
import { openProcessMetrics, type ProcessMetrics } from '../metrics/process-metrics.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import { SharedLease } from '../timing/shared-lease.ts';
import { SharedMoment } from '../timing/shared-moment.ts';
import type { Teardown } from '../timing/teardown.ts';
import { type Certificates, openCertificates } from './certificates.ts';
import { engineOptions } from './engine-options.ts';
import { logProxies } from './log-proxies.ts';
import { type OpenQueries, openQueries } from './queries.ts';
import { type AppRules, appRules } from './rules.ts';
import { ServiceClock } from './service-clock.ts';

export interface CoreOptions {
  readonly logger: Logger;
  /** That of `logger`, for other threads. */
  readonly logFormat: LogFormat;
  readonly version: string;
}

/** What most parts need. */
export interface Core extends OpenQueries {
  readonly version: string;
  /** Otherwise GitHub is polled. */
  readonly takesWebhooks: boolean;
  readonly serviceClock: ServiceClock;
  readonly time: ServiceTime;
  readonly logger: Logger;
  /** The rules that apply now: a reload replaces them. */
  readonly current: { rules: AppRules };
  readonly limitBytes: number;
  readonly host: EngineHost;
  readonly engine: Engine;
  /** Whether this process does what only one may do. */
  readonly lead: SharedLease;
  readonly meter: IncrementBuffer;
  readonly processMetrics: ProcessMetrics;
  readonly pressure: Pressure;
  readonly descriptors: Descriptors;
  readonly certificates: Certificates;
}

/** Opens everything that does not talk to the outside. `teardown` closes it. */
export async function openCore(
  settings: Settings,
  { logger: uncounted, logFormat, version }: CoreOptions,
  teardown: Teardown,
): Promise<Core> {
  const takesWebhooks = settings.webhook.secrets.length > 0;
  const serviceClock = new ServiceClock();
  const { time } = serviceClock;
  const current = { rules: appRules(settings) };
  logProxies(settings.proxies, uncounted);
  const limitBytes = memoryLimitBytes(settings.memory.limitBytes);
  limitHeapGrowth(limitBytes);

  const [changed, lead] = [new SharedMoment(), new SharedLease()];
  const host = await startHost({
    engine: engineOptions(settings, { version, limitBytes }),
    log: { level: settings.log.level, format: logFormat },
    time: serviceClock.shared,
    ...{ version, changed, lead, limitBytes, logger: uncounted },
  });
  teardown.add('engine', host.close.bind(host), host.closingStep.bind(host));
  const { engine } = host;
  const questions = openQueries({ engine, serviceClock, changed, current }, teardown);

  const meter = openIncrementBuffer((increments) => engine.count(increments), uncounted);
  teardown.add('self-metrics', () => meter.close());
  const logger = countingLogger(uncounted, meter);

  const processMetrics = openProcessMetrics({ thread: 'main', version });
  teardown.add('process metrics', () => processMetrics.close());

  const pressure = watchProcess({ limitBytes, engine, engineHeapShare: host.heapShare, logger });
  teardown.add('memory watch', () => pressure.close());

  const descriptors = openDescriptors(takesWebhooks, current, logger);
  teardown.add('file descriptors', () => descriptors.close());

  const certificates = await openCertificates(settings, { clock: time.clock, meter, logger }, teardown);

  return {
    version,
    takesWebhooks,
    serviceClock,
    time,
    logger,
    current,
    limitBytes,
    host,
    engine,
    lead,
    ...questions,
    meter,
    processMetrics,
    pressure,
    descriptors,
    certificates,
  };
}

function openDescriptors(takesWebhooks: boolean, current: Core['current'], logger: Logger): Descriptors {
  return new Descriptors({
    wanted: () => ({
      webhook: takesWebhooks ? current.rules.webhook.maxConnections : 0,
      api: MAX_API_CONNECTIONS,
    }),
    logger,
  });
}
