import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { AntError } from '../../domain/errors.ts';
import { EXPORTERS } from './exporters.ts';
import type { OldExporter } from './old-exporter.ts';
import type { OldValues } from './old-value.ts';
import { configurationText, reportText } from './print-migration.ts';
import { readEnvFile } from './read-env-file.ts';
import { readOldFlags } from './read-old-flags.ts';
import { readValues } from './read-values.ts';
import { translate } from './translate.ts';

export const migrateHelp = `Usage: ant-watcher migrate --from EXPORTER [--values FILE] [--env FILE] [-- FLAGS]

Reads how another exporter is configured, and prints a configuration for ant-watcher that takes its webhooks: YAML on
stdout, and what else is to do, is lost or differs on stderr. No value of a secret is ever printed: the configuration
names a file for each, and says where to take it from. Nothing is changed, and the service never reads such settings.

  --from EXPORTER  arc (actions-metrics-server), cpanato, promhippie or live-actions
  --values FILE    values of its Helm chart, its Compose file, a manifest, or a map or list of its variables, in YAML
  --env FILE       its variables as KEY=value, as for Docker, Compose and systemd
  -- FLAGS         its flags, as it is started with

Flags win over --values, and those over --env. Without any of them, the variables of this shell are read.

Exit code 0: a configuration was printed. 2: the command line is wrong, or a file can't be read.

Examples:
  ant-watcher migrate --from arc --values values.yaml > ant-watcher.yaml
  ant-watcher migrate --from cpanato --env .env -- --web.gh-webhook-path=/hook
`;

interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Prints the configuration and the report. Throws `usage`. */
export function runMigrate(args: readonly string[], { stdout, stderr, env }: CommandIo): number {
  const { name, exporter, valuesFile, envFile, oldFlags } = flagsOf(args);
  const sources: OldValues[] = [];
  if (oldFlags.length > 0) sources.push(readOldFlags(['', ...oldFlags], exporter, 'the flags'));
  if (valuesFile !== undefined) sources.push(readValues(parsed(valuesFile), { exporter, file: valuesFile }));
  if (envFile !== undefined) sources.push(readEnvFile(textOf(envFile), envFile));
  if (sources.length === 0) sources.push(readShell(exporter, env));
  const values = sources.flatMap((each) => each.values);
  const migration = translate(exporter, values);
  const unread = sources.flatMap((each) => each.unread);
  stdout.write(configurationText(name, exporter, migration));
  stderr.write(reportText(name, exporter, [...unread, ...migration.remarks]));
  return 0;
}

function flagsOf(args: readonly string[]) {
  const at = args.indexOf('--');
  const [own, oldFlags] = at < 0 ? [[...args], []] : [args.slice(0, at), args.slice(at + 1)];
  const options = { from: { type: 'string' }, values: { type: 'string' }, env: { type: 'string' } } as const;
  const { from, values: valuesFile, env: envFile } = parse();
  const names = Object.keys(EXPORTERS).join(', ');
  if (from === undefined) throw wrong('--from is missing', `name the exporter: ${names}`);
  const exporter = Object.hasOwn(EXPORTERS, from) ? EXPORTERS[from] : undefined;
  if (exporter === undefined) throw wrong('--from names no exporter', `choose from ${names}`);
  return { name: from, exporter, valuesFile, envFile, oldFlags };

  function parse() {
    try {
      return parseArgs({ args: own, options }).values;
    } catch {
      // Node's own message quotes the argument, which may be a secret of the old exporter.
      throw wrong('a flag is unknown or has no value', 'see ant-watcher help migrate; old flags go after --');
    }
  }
}

/** Only its own variables: the shell has many others. */
function readShell({ settings, prefix }: OldExporter, env: CommandIo['env']): OldValues {
  const known = settings.flatMap(({ names }) => names);
  const isOwn = (name: string) => known.includes(name) || (prefix !== undefined && name.startsWith(prefix));
  const values = Object.entries(env).flatMap(([name, value = '']) =>
    isOwn(name) ? [{ name, value, from: 'this shell' }] : [],
  );
  return { values, unread: [] };
}

/** The largest file that is read; values of a chart have some kilobytes. */
const MAX_BYTES = 1_048_576;

function textOf(file: string): string {
  try {
    const stat = statSync(file);
    if (!stat.isFile() && stat.size > 0) throw wrong(`${file} is no file`);
    if (stat.size > MAX_BYTES) throw wrong(`${file} is larger than 1 MiB`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof AntError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    throw wrong(`${file} can't be read${code}`, 'check the path and the permissions of the file');
  }
}

/** The parser's own messages quote the text. */
function parsed(file: string): unknown {
  const document = parseDocument(textOf(file), { prettyErrors: false, merge: true });
  const [error] = document.errors;
  const hint = 'give one document; with Helm: helm get values RELEASE';
  if (error !== undefined) throw wrong(`${file} is no valid YAML: ${error.code.toLowerCase()}`, hint);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw wrong(`${file} is no valid YAML: too many aliases, or one without its anchor`, hint);
  }
}

function wrong(message: string, hint?: string): AntError {
  return new AntError('usage', `migrate: ${message}`, hint === undefined ? {} : { hint });
}
