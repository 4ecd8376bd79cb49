import packageJson from '../package.json' with { type: 'json' };
import { runService } from './app/run-service.ts';
import { COMMANDS, generalHelp, isCommandName, splitCommand } from './cli/commands.ts';
import { ConfigFiles } from './config/config-files.ts';
import { type Loaded, type LoadOptions, loadSettings } from './config/load-settings.ts';
import { UNREAD_HINT } from './config/otlp-endpoints.ts';
import { didYouMean, formatProblems } from './config/problem.ts';
import { openSettingsReader } from './config/reload-settings.ts';
import { weakSecrets } from './config/secret-strength.ts';
import { sinksOf } from './config/sinks.ts';
import { AntError, exitCodeOf } from './domain/errors.ts';
import { nearestName } from './domain/nearest-name.ts';
import { protectSecrets } from './logger/known-secrets.ts';
import { redactText } from './logger/redact.ts';

/*
 * The process: arguments, environment and exit codes. Nothing else of ant-watcher touches them.
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
      return printConfig(rest);
    case 'simulate':
      return (await import('../simulator/simulate-command.ts')).runSimulate(rest, process);
    case 'replay':
      return (await import('../simulator/replay-command.ts')).runReplay(rest, process);
    case 'health':
      return health(rest);
    case 'doctor':
      return doctor(rest);
    case 'backfill':
      return (await import('./cli/backfill/backfill-command.ts')).runBackfill(rest, process);
    case 'backup':
      return (await import('./cli/backup/backup-command.ts')).runBackup(rest, process);
    case 'move':
      return moveStore(rest);
    case 'migrate':
      return (await import('./cli/migrate/migrate-command.ts')).runMigrate(rest, process);
    case 'setup':
      return setUp(rest);
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

/**
 * A reader that goes away, as `head` does, wants no more: no error is printed, and the exit code says that
 * not all was written.
 */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(1));
}

function serve(flags: readonly string[]): Promise<number> {
  const configFiles = new ConfigFiles();
  return runService({
    version: packageJson.version,
    load: () => load(flags, { forServing: true, files: configFiles }),
    configFiles,
    openSettingsReader: () => openSettingsReader({ ...loadOptions(flags), files: configFiles }),
    onUncaught(handler) {
      process.off('uncaughtException', fail);
      process.on('uncaughtException', handler);
    },
    exit: (code) => process.exit(code),
  });
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

async function printConfig(flags: readonly string[]): Promise<number> {
  const { origins } = load(flags, { forServing: false });
  const { printSettings } = await import('./config/print-settings.ts');
  print(printSettings(origins));
  return 0;
}

async function health(args: readonly string[]): Promise<number> {
  const { apiUrlOf, healthFlags, runHealth } = await import('./cli/health/health-command.ts');
  const { path, url, rest } = healthFlags(args);
  // A probe may run where the service's secrets are not.
  const base = url ?? apiUrlOf(load(rest, { forServing: false, withoutSecrets: true }).settings.api);
  return runHealth(`${base}${path}`, process.stdout);
}

async function doctor(flags: readonly string[]): Promise<number> {
  const { settings, unread } = load(flags);
  const { runDoctor } = await import('./cli/doctor/doctor.ts');
  const { otlpOptions } = await import('./app/outgoing-options.ts');
  const options = {
    ...settings,
    sinks: sinksOf(settings.push),
    readOtlp: () => otlpOptions(settings, { version: packageJson.version, storeBytes: null }),
    version: packageJson.version,
    weakSecrets: weakSecrets(settings),
    unread: unread.map((variable) => `${variable} is set, and not read: ${UNREAD_HINT}`),
  };
  return runDoctor(options, process.stdout);
}

async function moveStore(args: readonly string[]): Promise<number> {
  const { moveFlags, runMove } = await import('./cli/move/move-command.ts');
  const { from, to, rest } = moveFlags(args);
  const { settings } = load([...rest, '--storage.url', to], { forServing: false });
  return runMove({ from, to: settings.storage.url, password: settings.storage.password }, process.stdout);
}

async function setUp(args: readonly string[]): Promise<number> {
  const { setupFlags } = await import('./cli/setup/setup-flags.ts');
  const flags = setupFlags(args);
  const { settings } = load(flags.rest, { forServing: false });
  const { runSetup } = await import('./cli/setup/setup-command.ts');
  return runSetup(flags, { ...settings, version: packageJson.version }, process);
}

async function helpFor(name: string | undefined): Promise<string> {
  if (name === undefined) return generalHelp();
  if (!isCommandName(name)) throw unknownCommand(name);
  if (name === 'simulate') return (await import('../simulator/simulate-command.ts')).simulateHelp;
  if (name === 'backfill') return (await import('./cli/backfill/backfill-command.ts')).backfillHelp;
  if (name === 'backup') return (await import('./cli/backup/backup-command.ts')).backupHelp;
  if (name === 'move') return (await import('./cli/move/move-command.ts')).moveHelp;
  if (name === 'migrate') return (await import('./cli/migrate/migrate-command.ts')).migrateHelp;
  if (name === 'setup') return (await import('./cli/setup/setup-flags.ts')).setupHelp;
  if (name === 'jobs') return (await import('./cli/jobs/jobs-command.ts')).jobsHelp;
  if (name === 'health') return (await import('./cli/health/health-command.ts')).healthHelp;
  if (name === 'explain') return (await import('./cli/explain/explain-command.ts')).explainHelp;
  if (name === 'replay') return (await import('../simulator/replay-command.ts')).replayHelp;
  if (name !== 'serve') return COMMANDS[name].help;
  const { settingsHelp } = await import('./config/print-settings.ts');
  return `${COMMANDS.serve.help}\n${settingsHelp()}`;
}

function unknownCommand(name: string): AntError {
  const hint = didYouMean(nearestName(name, Object.keys(COMMANDS)), 'ant-watcher help lists the commands');
  return new AntError('usage', `ant-watcher has no command "${redactText(name)}"`, { hint });
}

function refuseArguments(usage: string, args: readonly string[]): void {
  if (args.length > 0) throw new AntError('usage', `ant-watcher ${usage} takes no more arguments`);
}

function load(
  flags: readonly string[],
  wanted: Pick<LoadOptions, 'forServing' | 'withoutSecrets' | 'files'> = { forServing: true },
): Loaded {
  const loaded = loadSettings({ ...loadOptions(flags), ...wanted });
  if ('problems' in loaded) throw new AntError('config_invalid', formatProblems(loaded.problems).trimEnd());
  return loaded;
}

function loadOptions(flags: readonly string[]): LoadOptions {
  return { flags, env: process.env, cwd: process.cwd(), forServing: true };
}

function print(text: string): void {
  process.stdout.write(text);
}

/** Ends a command with what went wrong. */
function fail(error: unknown): never {
  process.stderr.write(`${redactText(describeFailure(error))}\n`);
  return process.exit(exitCodeOf(error));
}

function describeFailure(error: unknown): string {
  if (!(error instanceof AntError)) return `Bug: ${error instanceof Error ? error.stack : String(error)}`;
  return error.hint === undefined ? error.message : `${error.message}\nhint: ${error.hint}`;
}

/** Runs the command that the arguments name; what it says and its exit code are the process's. */
export async function main(): Promise<void> {
  process.on('uncaughtException', fail);
  // The commands that ask a running service log in with it.
  protectSecrets([process.env['ANT_WATCHER_API_TOKEN'] ?? '']);
  try {
    process.exitCode = await runCommand(process.argv.slice(2));
  } catch (error) {
    fail(error);
  }
}

if (import.meta.main) await main();
