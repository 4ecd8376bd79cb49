/*
 * The command line: what there is and how to use it. main.ts runs the commands.
 */

export const COMMANDS = {
  serve: {
    summary: 'run the service in the foreground (the default)',
    help: `Usage: ant-watcher [serve] [--config FILE] [--SETTING VALUE]…

Receives GitHub's webhooks, fetches those that were lost, and serves the numbers, until SIGTERM or SIGINT. A second
signal stops it at once. SIGHUP reads the settings again, and puts in force those that can change.

Settings come from flags, else from the environment, else from the file that --config names (config/config.json
when it exists; JSON or YAML), else from their defaults.

Examples:
  ANT_WATCHER_WEBHOOK_SECRET_FILE=/run/secrets/webhook ant-watcher
  ant-watcher serve --config /etc/ant-watcher.yaml --webhook.port 9000
  ant-watcher --storage.url memory: --log.format text
  ANT_WATCHER_GITHUB_TOKEN=… ant-watcher --github.repositories octo/hill   (asks GitHub's API, without webhooks)
`,
  },
  'check-config': {
    summary: 'report every problem of the configuration, as serve would',
    help: `Usage: ant-watcher check-config [--without-secrets] [--config FILE] [--SETTING VALUE]…

Exit code 0: serve would accept the configuration. 2: it would not; each problem is listed with a hint.

  --without-secrets  for where the secrets are not, as in CI: one that is not set, whose file is not there, or that is
                     only print-config's placeholder, is taken for right. Files with certificates are not read

Examples:
  ant-watcher check-config --config /etc/ant-watcher.yaml
  ant-watcher check-config --without-secrets --config deploy/ant-watcher.yaml
`,
  },
  'print-config': {
    summary: 'print every setting and where it comes from, secrets removed',
    help: `Usage: ant-watcher print-config [--config FILE] [--SETTING VALUE]…

Prints YAML that means the same as a configuration file. In place of each secret, also of a password in an address, it
has the placeholder <secret>: serve refuses that, unless the same setting comes from the environment or a flag.
Defaults are written out as well; remove the lines that are to follow a later version's.

Examples:
  ANT_WATCHER_API_PORT=9000 ant-watcher print-config
  ant-watcher print-config > copy.yaml && ant-watcher check-config --config copy.yaml
`,
  },
  doctor: {
    summary: 'check everything that the service needs, and say how to mend it',
    help: `Usage: ant-watcher doctor [--config FILE] [--SETTING VALUE]…

Takes the settings as serve does, and checks: the database and the room on its disk; the addresses to listen on; GitHub's API, its
credentials, permissions, rate limits and time; the webhooks and what became of their latest deliveries; whether each receiver of
what is pushed takes a sample. It changes nothing, but for the sample that receivers get (ant_watcher_doctor_probe), and may be run beside the service.

Exit code 0: nothing has failed. 1: something has. 2: the configuration is wrong.

Example:
  ant-watcher doctor --config /etc/ant-watcher.yaml
`,
  },
  simulate: { summary: 'send the signed webhooks of a simulated GitHub', help: null },
  replay: { summary: 'send recorded deliveries again', help: null },
  backfill: { summary: 'have the running service read what GitHub knows of the past', help: null },
  backup: { summary: 'copy the database of the running service into a file', help: null },
  jobs: { summary: 'list single jobs: what waits, runs, or has ended', help: null },
  explain: { summary: 'tell what is known of one job or run, and what it moved', help: null },
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

/** What `ant-watcher help` says. */
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

/** The part of a command line that names the command, and the rest. Without a command it is `serve`. */
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
