/*
 * The command line: which commands there are and how to use them. main.ts runs them.
 */

export const COMMANDS = {
  serve: {
    summary: 'run the service in the foreground (the default)',
    help: `Usage: ant-watcher [serve] [--config FILE] [--SETTING VALUE]…

Receives GitHub's webhooks, fetches those that were lost, and serves the numbers, until SIGTERM or SIGINT. A second
signal stops it at once. SIGHUP reloads the settings and applies those that can change.

Settings come from flags, the environment, the file that --config names (config/config.json if it exists; JSON or
YAML), or their defaults; the first of these wins.

Examples:
  ANT_WATCHER_WEBHOOK_SECRET_FILE=/run/secrets/webhook ant-watcher
  ant-watcher serve --config /etc/ant-watcher.yaml --webhook.port 9000
  ant-watcher --storage.url memory: --log.format text
  ANT_WATCHER_GITHUB_TOKEN=… ant-watcher --github.repositories octo/hill   (polls GitHub's API, without webhooks)
`,
  },
  'check-config': {
    summary: 'report every problem of the configuration, as serve would',
    help: `Usage: ant-watcher check-config [--without-secrets] [--config FILE] [--SETTING VALUE]…

Exit code 0: serve would accept the configuration. 2: it would not; each problem is listed with a hint.

  --without-secrets  where the secrets are not available, as in CI: one that is not set, whose file is missing, or that
                     is only print-config's placeholder, counts as valid. Files with certificates are not read

Examples:
  ant-watcher check-config --config /etc/ant-watcher.yaml
  ant-watcher check-config --without-secrets --config deploy/ant-watcher.yaml
`,
  },
  'print-config': {
    summary: 'print every setting and where it comes from, secrets removed',
    help: `Usage: ant-watcher print-config [--config FILE] [--SETTING VALUE]…

Prints a YAML configuration with the same meaning. Each secret, and each password in a URL, is replaced by the
placeholder <secret>: serve refuses that, unless the same setting comes from the environment or a flag. Defaults are
written out too; remove lines that should follow a later version's defaults.

Examples:
  ANT_WATCHER_API_PORT=9000 ant-watcher print-config
  ant-watcher print-config > copy.yaml && ant-watcher check-config --config copy.yaml
`,
  },
  doctor: {
    summary: 'check everything that the service needs, and say how to fix it',
    help: `Usage: ant-watcher doctor [--config FILE] [--SETTING VALUE]…

Takes the settings as serve does, and checks the database and the free space on its disk, or the PostgreSQL that it is
on; the listening addresses; GitHub's API with credentials, permissions, rate limits and clock; the webhooks and their
latest deliveries; what the running service has accepted; and whether each receiver accepts a sample. It changes nothing,
except that receivers get that sample (ant_watcher_doctor_probe), and may run beside the service. docs/no-data.md goes
through the same questions.

Exit code 0: nothing failed. 1: something failed. 2: the configuration is wrong.

Example:
  ant-watcher doctor --config /etc/ant-watcher.yaml
`,
  },
  health: { summary: 'ask the running service whether it is ready, for probes', help: null },
  setup: { summary: 'create a GitHub App with what is needed, and print the configuration', help: null },
  migrate: { summary: "print a configuration from another exporter's settings", help: null },
  simulate: { summary: 'send the signed webhooks of a simulated GitHub', help: null },
  replay: { summary: 'send recorded deliveries again', help: null },
  backfill: { summary: 'have the running service read past runs from GitHub', help: null },
  backup: { summary: 'copy the database of the running service into a file', help: null },
  move: { summary: 'copy a SQLite database into a PostgreSQL database', help: null },
  jobs: { summary: 'list jobs that wait, run or have ended', help: null },
  explain: { summary: 'show what is known about a job or run, and what it changed', help: null },
  version: { summary: 'print the version', help: 'Usage: ant-watcher version\n' },
  help: {
    summary: 'explain ant-watcher, or one command',
    help: 'Usage: ant-watcher help [COMMAND]\n\nExample:\n  ant-watcher help serve\n',
  },
} as const;

export type CommandName = keyof typeof COMMANDS;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** The text of `ant-watcher help`. */
export function generalHelp(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`);
  return `ant-watcher: numbers you can trust about GitHub Actions.

Usage: ant-watcher [COMMAND] [ARGUMENTS]

Commands:
${rows.join('\n')}

Start with a secret of your own, the same as in GitHub's webhook settings:
  ANT_WATCHER_WEBHOOK_SECRET=… ant-watcher
Watch it work without GitHub:
  ant-watcher help simulate

ant-watcher help COMMAND explains one command. docs/configuration.md lists all settings.
Exit codes: 0 ok, 1 failed, 2 wrong usage or configuration.
`;
}

/** Splits a command line into the command and the rest. Without a command it is `serve`. */
export function splitCommand(args: readonly string[]): { readonly name: string; readonly rest: string[] } {
  const [first, ...rest] = args;
  if (first === undefined) return { name: 'serve', rest: [] };
  if (first === '--help' || first === '-h')
    return { name: 'help', rest: rest.filter((each) => !each.startsWith('-')) };
  if (first === '--version') return { name: 'version', rest };
  const [name, flags] = first.startsWith('-') ? ['serve', [...args]] : [first, rest];
  if (rest.includes('--help') || rest.includes('-h')) return { name: 'help', rest: [name] };
  return { name, rest: flags };
}
