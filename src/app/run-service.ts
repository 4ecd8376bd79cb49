import { isatty } from 'node:tty';
import type { ConfigFiles } from '../config/config-files.ts';
import type { Loaded } from '../config/load-settings.ts';
import { UNREAD_HINT } from '../config/otlp-endpoints.ts';
import { weakSecrets } from '../config/secret-strength.ts';
import type { Logger } from '../domain/contracts.ts';
import type { QueueStatus } from '../domain/delivery.ts';
import { AntError, exitCodeOf, isStoreLoss, ReportedBug } from '../domain/errors.ts';
import type { Reload } from '../domain/reload.ts';
import { type LogFormat, openLogger } from '../logger/open-logger.ts';
import { reportBug } from '../logger/report-bug.ts';
import { isSharedStore } from '../store/shared-store.ts';
import { sleep } from '../timing/sleep.ts';
import type { App } from './parts.ts';
import type { ReadSettings } from './reload.ts';
import { startPatiently } from './start-patiently.ts';

/** The process that the service runs in. */
export interface Host {
  readonly version: string;
  /** Throws `config_invalid`. */
  readonly load: () => Loaded;
  /** Those that `load` and the settings reader read. */
  readonly configFiles: ConfigFiles;
  /** To be called once `load` has succeeded. */
  readonly openSettingsReader: () => ReadSettings;
  /** Calls `handler`, and nothing else, for whatever nobody catches. */
  readonly onUncaught: (handler: (err: unknown, origin: string) => void) => void;
  readonly exit: (code: number) => never;
}

/**
 * Runs the service until a signal stops it or a part of it fails, and resolves to the exit code. A bug, a
 * second signal, and a stop that takes too long exit at once.
 */
export async function runService({
  version,
  load,
  configFiles,
  openSettingsReader,
  onUncaught,
  exit,
}: Host): Promise<number> {
  const allowReloads = listenForReloads();
  const loaded = load();
  const { settings } = loaded;
  const { delayMs, graceMs } = settings.shutdown;
  let { level } = settings.log;
  const logFormat = logFormatOf(loaded);
  const logger = openLogger({ format: logFormat, level: () => level });
  logDoubts(loaded, logger);
  let app: App | null = null;
  const endWithBug = openBugReport({ logger, version, queue: async () => app?.queue() ?? null, exit });
  onUncaught(endWithBug);
  const limitStop = () => {
    setTimeout(() => {
      const step = app === null ? 'start' : app.closingStep();
      logger.error('stop_timed_out', { graceMs, step });
      exit(1);
    }, delayMs + graceMs);
  };
  const stopRequested = listenForStop({ logger, limitStop, exit });
  try {
    const { startApp } = await import('./app.ts');
    const setLogLevel = (next: typeof level) => {
      level = next;
    };
    const readSettings = openSettingsReader();
    const options = { logger, logFormat, version, readSettings, configFiles, setLogLevel };
    app = await startPatiently(() => startApp(settings, options), {
      isShared: isSharedStore(settings.storage.url),
      logger,
      signal: abortedBy(stopRequested),
    });
    if (app === null) {
      logger.info('Stopped');
      return 0;
    }
    const { webhookAddress: webhook, apiAddress: api } = app;
    logger.info('Ready', { webhook, api, page: pageUrl(api, settings.api.tlsCertFile !== ''), version });
    allowReloads(app.reload);
    const failure = await Promise.race([announced(stopRequested, app, delayMs), failureOf(app)]);
    if (failure !== undefined) {
      if (!(failure.err instanceof AntError)) await endWithBug(failure.err, 'part');
      logger.error('part_failed', failure);
      limitStop();
    }
    await app.close().catch((err: unknown) => {
      // Damage of the store is met by several parts, and logged once.
      if (!(isStoreLoss(failure?.err) && isStoreLoss(err))) throw err;
    });
    logger.info('Stopped');
    return failure === undefined ? 0 : exitCodeOf(failure.err);
  } catch (err) {
    if (!(err instanceof AntError)) await endWithBug(err, app === null ? 'start' : 'stop');
    logger.error(app === null ? 'start_failed' : 'stop_failed', { err });
    return exitCodeOf(err);
  }
}

/** What is valid, and perhaps not what was meant. */
function logDoubts({ settings, unread }: Loaded, logger: Logger): void {
  for (const weak of weakSecrets(settings)) logger.warn('weak_secret', weak);
  for (const variable of unread) logger.info(`${variable} is set, and not read: ${UNREAD_HINT}`);
}

function abortedBy(event: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  event.then(() => controller.abort());
  return controller.signal;
}

/** Where to look with a browser on this machine. */
function pageUrl({ host, port }: App['apiAddress'], isEncrypted: boolean): string {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const name = isEverywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${isEncrypted ? 'https' : 'http'}://${name}:${port}/`;
}

/** At a terminal the log is text, unless a format is set. */
function logFormatOf({ settings, origins }: Loaded): LogFormat {
  const isSet = origins.get('log.format')?.from !== 'default';
  return !isSet && isatty(1) ? 'text' : settings.log.format;
}

/** Resolves some time after `stopRequested`, in which others hear that the service is about to stop. */
async function announced(stopRequested: Promise<undefined>, app: App, delayMs: number): Promise<undefined> {
  await stopRequested;
  app.announceStop();
  await sleep(delayMs);
}

/** Resolves when a part of the service fails, with why. */
async function failureOf({ failed }: App): Promise<{ readonly err: unknown }> {
  try {
    return await failed;
  } catch (err) {
    return { err };
  }
}

/** Logs a bug, and exits. Only the first: others may follow from it. */
function openBugReport({
  logger,
  version,
  queue,
  exit,
}: {
  readonly logger: Logger;
  readonly version: string;
  readonly queue: () => Promise<QueueStatus | null>;
  readonly exit: (code: number) => never;
}): (err: unknown, origin: string) => Promise<never> {
  let isEnding = false;
  return async (err, origin) => {
    // The engine has reported damage of the store itself, and the service stops for it.
    if (isStoreLoss(err) || isEnding) return new Promise(() => {});
    isEnding = true;
    if (!(err instanceof ReportedBug))
      await reportBug(logger, err, { origin, thread: 'main', version, queue });
    return exit(exitCodeOf(err));
  };
}

/**
 * One request to stop may come as two signals: npm and timeout pass on what the whole process group gets as
 * well. Whoever really asks a second time takes longer than this.
 */
const SAME_REQUEST_MS = 500;

/**
 * Resolves at the first SIGTERM or SIGINT; from then on the time is limited, and a second signal exits at
 * once.
 */
function listenForStop({
  logger,
  limitStop,
  exit,
}: {
  readonly logger: Logger;
  readonly limitStop: () => void;
  readonly exit: (code: number) => never;
}): Promise<undefined> {
  return new Promise((resolve) => {
    let stoppingSinceMs: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stoppingSinceMs === undefined) {
        stoppingSinceMs = performance.now();
        logger.info('Stopping', { signal });
        limitStop();
        resolve(undefined);
      } else if (performance.now() - stoppingSinceMs > SAME_REQUEST_MS) {
        logger.warn('stop_forced', { signal });
        exit(1);
      }
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

/**
 * SIGHUP reloads once there is something to call; if it came before, then at once. A bug in it ends the
 * service.
 */
function listenForReloads(): (reload: Reload) => void {
  let reload: Reload | undefined;
  let isRequested = false;
  process.on('SIGHUP', () => {
    if (reload === undefined) isRequested = true;
    else reload().catch(() => undefined);
  });
  return (given) => {
    reload = given;
    if (isRequested) given().catch(() => undefined);
  };
}
