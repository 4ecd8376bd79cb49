import { isatty } from 'node:tty';
import packageJson from '../package.json' with { type: 'json' };
import type { App } from './app/app.ts';
import { COMMANDS, generalHelp, isCommandName, splitCommand } from './cli/commands.ts';
import { type Loaded, type LoadOptions, loadSettings } from './config/load-settings.ts';
import { printSettings, settingsHelp } from './config/print-settings.ts';
import { didYouMean, formatProblems } from './config/problem.ts';
import { openRereading } from './config/reread-settings.ts';
import { weakSecrets } from './config/secret-strength.ts';
import { sinksOf } from './config/sinks.ts';
import type { Logger } from './domain/contracts.ts';
import type { QueueStatus } from './domain/delivery.ts';
import { AntError, exitCodeOf, ReportedBug, storeDamageIn } from './domain/errors.ts';
import { nearestName } from './domain/nearest-name.ts';
import type { Reload } from './domain/reload.ts';
import { protectSecrets } from './logger/known-secrets.ts';
import { type LogFormat, openLogger } from './logger/open-logger.ts';
import { redactText } from './logger/redact.ts';
import { reportBug } from './logger/report-bug.ts';

/*
 * The process: arguments, environment, signals and exit codes. Nothing else of ant-watcher touches them.
 */

/** Runs one command and answers its exit code. Rejects with an AntError for what the user can correct. */
async function runCommand(args: readonly string[]): Promise<number> {
  const { name, rest } = splitCommand(args);
  if (!WRITING_ITSELF.includes(name)) endWithReader();
  switch (name) {
    case 'serve':
      // Whatever a part may have left open: the service is closed and ends here.
      return process.exit(await serve(rest));
    case 'check-config':
      return checkConfig(rest);
    case 'print-config':
      print(printSettings(load(rest, { forServing: false }).origins));
      return 0;
    case 'simulate':
      return (await import('../simulator/simulate-command.ts')).runSimulate(rest, process);
    case 'replay':
      return (await import('../simulator/replay-command.ts')).runReplay(rest, process);
    case 'doctor':
      return doctor(rest);
    case 'backfill':
      return (await import('./cli/backfill/backfill-command.ts')).runBackfill(rest, process);
    case 'backup':
      return (await import('./cli/backup/backup-command.ts')).runBackup(rest, process);
    case 'jobs':
      return (await import('./cli/jobs/jobs-command.ts')).runJobs(rest, process);
    case 'explain':
      return (await import('./cli/explain/explain-command.ts')).runExplain(rest, process);
    case 'version':
      refuseArguments('version', rest);
      print(`ant-watcher ${packageJson.version}\n`);
      return 0;
    case 'help':
      refuseArguments('help COMMAND', rest.slice(1));
      print(await helpFor(rest[0]));
      return 0;
    default:
      throw unknownCommand(name);
  }
}

/** Commands for whom a reader that is gone is a case of their own. */
const WRITING_ITSELF: readonly string[] = ['serve', 'backup'];

/** Who reads no further, as `head` does, wants no more of it: no error is told, and the exit code says that not all was written. */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(1));
}

const WITHOUT_SECRETS = '--without-secrets';

async function checkConfig(args: readonly string[]): Promise<number> {
  const flags = args.filter((each) => each !== WITHOUT_SECRETS);
  const withoutSecrets = flags.length < args.length;
  const { settings } = load(flags, { forServing: true, withoutSecrets });
  const { checkSettings, withoutFiles } = await import('./app/engine-options.ts');
  await checkSettings(withoutSecrets ? withoutFiles(settings) : settings, packageJson.version);
  const except = withoutSecrets
    ? ', but for the secrets that are not here and the files with certificates'
    : '';
  print(`The configuration is valid${except}.\n`);
  return 0;
}

async function doctor(flags: readonly string[]): Promise<number> {
  const { settings } = load(flags);
  const { runDoctor } = await import('./cli/doctor/doctor.ts');
  const options = {
    ...settings,
    sinks: sinksOf(settings.push),
    version: packageJson.version,
    weakSecrets: weakSecrets(settings),
  };
  return runDoctor(options, process.stdout);
}

function load(
  flags: readonly string[],
  wanted: Pick<LoadOptions, 'forServing' | 'withoutSecrets'> = { forServing: true },
): Loaded {
  const loaded = loadSettings({ ...loadOptions(flags), ...wanted });
  if ('problems' in loaded) throw new AntError('config_invalid', formatProblems(loaded.problems).trimEnd());
  return loaded;
}

function loadOptions(flags: readonly string[]): LoadOptions {
  return { flags, env: process.env, cwd: process.cwd(), forServing: true };
}

/** Whoever sits at a terminal reads text, unless somebody has set a format. */
function logFormatOf({ settings, origins }: Loaded): LogFormat {
  const isSet = origins.get('log.format')?.from !== 'default';
  return !isSet && isatty(1) ? 'text' : settings.log.format;
}

function print(text: string): void {
  process.stdout.write(text);
}

function refuseArguments(usage: string, args: readonly string[]): void {
  if (args.length > 0) throw new AntError('usage', `ant-watcher ${usage} takes no more arguments`);
}

function unknownCommand(name: string): AntError {
  const hint = didYouMean(nearestName(name, Object.keys(COMMANDS)), 'ant-watcher help lists the commands');
  return new AntError('usage', `ant-watcher has no command "${redactText(name)}"`, { hint });
}

async function helpFor(name: string | undefined): Promise<string> {
  if (name === undefined) return generalHelp();
  if (!isCommandName(name)) throw unknownCommand(name);
  if (name === 'simulate') return (await import('../simulator/simulate-command.ts')).simulateHelp;
  if (name === 'backfill') return (await import('./cli/backfill/backfill-command.ts')).backfillHelp;
  if (name === 'backup') return (await import('./cli/backup/backup-command.ts')).backupHelp;
  if (name === 'jobs') return (await import('./cli/jobs/jobs-command.ts')).jobsHelp;
  if (name === 'explain') return (await import('./cli/explain/explain-command.ts')).explainHelp;
  if (name === 'replay') return (await import('../simulator/replay-command.ts')).replayHelp;
  return name === 'serve' ? `${COMMANDS.serve.help}\n${settingsHelp()}` : COMMANDS[name].help;
}

/** Runs the service until a signal stops it (0) or a part of it dies (the exit code of its error). */
async function serve(flags: readonly string[]): Promise<number> {
  const tellReload = listenForReloads();
  const loaded = load(flags);
  const { settings } = loaded;
  let { level } = settings.log;
  const logFormat = logFormatOf(loaded);
  const logger = openLogger({ format: logFormat, level: () => level });
  for (const weak of weakSecrets(settings)) logger.warn('weak_secret', weak);
  const { version } = packageJson;
  let app: App | null = null;
  const endWithBug = listenForBugs(logger, async () => (await app?.queue()) ?? null);
  const limitTime = timeLimit(logger, settings.shutdown.graceMs, () =>
    app === null ? 'start' : app.closingStep(),
  );
  const stopRequested = listenForSignals(logger, limitTime);
  try {
    const { startApp } = await import('./app/app.ts');
    app = await startApp(settings, {
      logger,
      logFormat,
      version,
      readSettings: openRereading(loadOptions(flags)),
      setLogLevel(next) {
        level = next;
      },
    });
    logger.info('Ready', { webhook: app.webhookAddress, api: app.apiAddress, version });
    tellReload(app.reload);
    const failure = await Promise.race([stopRequested, failureOf(app)]);
    if (failure !== undefined) {
      if (!(failure.err instanceof AntError)) await endWithBug(failure.err, 'part');
      logger.error('part_failed', failure);
      limitTime();
    }
    await app.close().catch((err: unknown) => {
      // The parts meet what one of them has told of.
      if (storeDamageIn(failure?.err) === null || storeDamageIn(err) === null) throw err;
    });
    logger.info('Stopped');
    return failure === undefined ? 0 : exitCodeOf(failure.err);
  } catch (err) {
    if (!(err instanceof AntError)) await endWithBug(err, app === null ? 'start' : 'stop');
    if (app === null) logger.error('start_failed', { err });
    else logger.error('stop_failed', { err });
    return exitCodeOf(err);
  }
}

/** Resolves when a part of the service fails, with why. */
async function failureOf({ failed }: App): Promise<{ readonly err: unknown }> {
  try {
    return await failed;
  } catch (err) {
    return { err };
  }
}

/** From now on a bug is told of in the log; the answer does the same and ends the process. */
function listenForBugs(
  logger: Logger,
  queue: () => Promise<QueueStatus | null>,
): (err: unknown, origin: string) => Promise<never> {
  let isEnding = false;

  async function endWithBug(err: unknown, origin: string): Promise<never> {
    // The engine has told of it, and ends the service in order.
    if (storeDamageIn(err) !== null) return new Promise(() => {});
    // The first has others in its train.
    if (isEnding) return new Promise(() => {});
    isEnding = true;
    const { version } = packageJson;
    if (!(err instanceof ReportedBug))
      await reportBug(logger, err, { origin, thread: 'main', version, queue });
    return process.exit(exitCodeOf(err));
  }

  process.off('uncaughtException', fail);
  process.on('uncaughtException', endWithBug);
  return endWithBug;
}

/**
 * One wish to stop may come as two signals: npm and timeout hand on what the whole process group gets as well.
 * Whoever really asks a second time takes longer than this.
 */
const SAME_WISH_MS = 500;

/** Resolves at the first SIGTERM or SIGINT; from then on the time is limited, and a second signal exits at once. */
function listenForSignals(logger: Logger, limitTime: () => void): Promise<undefined> {
  return new Promise((resolve) => {
    let stoppingSinceMs: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stoppingSinceMs === undefined) {
        stoppingSinceMs = performance.now();
        logger.info('Stopping', { signal });
        limitTime();
        resolve(undefined);
      } else if (performance.now() - stoppingSinceMs > SAME_WISH_MS) {
        logger.warn('stop_forced', { signal });
        process.exit(1);
      }
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

/** SIGHUP asks for what is handed in later; if it came by then, at once. A bug of it ends the service. */
function listenForReloads(): (reload: Reload) => void {
  let reload: Reload | undefined;
  let isWished = false;
  process.on('SIGHUP', () => {
    if (reload === undefined) isWished = true;
    else reload().catch(() => undefined);
  });
  return (given) => {
    reload = given;
    if (isWished) given().catch(() => undefined);
  };
}

/** From its call on the process has that long to stop; then the log says which step it hangs in. */
function timeLimit(logger: Logger, graceMs: number, currentStep: () => string | null): () => void {
  return () => {
    setTimeout(() => {
      logger.error('stop_timed_out', { graceMs, step: currentStep() });
      process.exit(1);
    }, graceMs);
  };
}

function describeFailure(error: unknown): string {
  if (!(error instanceof AntError)) return `Bug: ${error instanceof Error ? error.stack : String(error)}`;
  return error.hint === undefined ? error.message : `${error.message}\nhint: ${error.hint}`;
}

/** Ends a command with what went wrong. */
function fail(error: unknown): never {
  process.stderr.write(`${redactText(describeFailure(error))}\n`);
  return process.exit(exitCodeOf(error));
}

if (import.meta.main) {
  process.on('uncaughtException', fail);
  protectSecrets([process.env['ANT_WATCHER_API_TOKEN'] ?? '']);
  try {
    process.exitCode = await runCommand(process.argv.slice(2));
  } catch (error) {
    fail(error);
  }
}
