import { spawn } from 'node:child_process';
import { AntError } from '../../domain/errors.ts';
import { webUrlOf } from '../../github/client/api-url.ts';
import { firstPath, pathMatcher, pathOf } from '../../http/request-path.ts';
import { protectSecrets } from '../../logger/known-secrets.ts';
import { networkOf } from '../../outbound/network.ts';
import type { Proxies } from '../../outbound/proxies.ts';
import { formUrlOf, manifestOf } from './app-manifest.ts';
import { type CreatedApp, fetchCreatedApp } from './created-app.ts';
import { PrivateFile } from './private-file.ts';
import type { SetupFlags } from './setup-flags.ts';
import { openSetupPage } from './setup-page.ts';

/** GitHub keeps the code for an hour. */
const PATIENCE_MS = 3_600_000;

/** How GitHub is reached, and where it reaches us. */
export interface SetupSettings {
  readonly version: string;
  readonly webhook: { readonly paths: readonly string[] };
  readonly github: { readonly apiUrl: string; readonly caFile: string };
  readonly proxies: Proxies;
}

export interface SetupIo {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the process: calls `listener` at the first such signal. */
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Creates the App with the help of the user's browser. Rejects with `usage` or `command_failed`. */
export async function runSetup(
  flags: SetupFlags,
  { version, webhook, github: { apiUrl, caFile }, proxies }: SetupSettings,
  io: SetupIo,
): Promise<number> {
  const { plan, port } = flags;
  refuseOtherPath(plan.webhookUrl, webhook.paths);
  const { stdout, env } = io;
  const webUrl = webUrlOf(apiUrl);
  const network = networkOf(proxies, 'github.ca_file', caFile);
  if (flags.isPrinted) {
    stdout.write(stepsText(flags, webUrl));
    return 0;
  }
  using keyFile = new PrivateFile(flags.keyFile);
  using secretFile = new PrivateFile(flags.secretFile);
  await using page = await openSetupPage(plan, { webUrl, port });
  stdout.write(`Open ${page.url} in a browser on this machine, and press the button there.\n`);
  if (stdout.isTTY) openBrowser(page.url, env);
  const app = await fetchCreatedApp(await orInterrupted(page.code, io), { apiUrl, network, version });
  protectSecrets([app.privateKeyPem, app.webhookSecret]);
  keyFile.write(app.privateKeyPem);
  secretFile.write(`${app.webhookSecret}\n`);
  stdout.write(createdText(app, flags, { apiUrl, paths: webhook.paths }));
  return 0;
}

/** GitHub would get 404 for each delivery. Throws `usage`. */
function refuseOtherPath(webhookUrl: string, paths: readonly string[]): void {
  const given = pathOf(webhookUrl);
  if (pathMatcher(paths)(given)) return;
  throw new AntError(
    'usage',
    `setup: the path of --webhook-url is ${given}, but webhooks are taken at ${paths.join(', ')} (webhook.path)`,
    {
      hint: `give ${new URL(firstPath(paths, given), webhookUrl).href}, or add --webhook.path ${given}; where a proxy changes the path, take that line out of the printed configuration`,
    },
  );
}

/** Rejects with `command_failed` if the user stops it, or GitHub's patience is over. */
async function orInterrupted(code: Promise<string>, io: Pick<SetupIo, 'once'>): Promise<string> {
  const { promise: given, reject } = Promise.withResolvers<never>();
  const giveUp = (message: string) => () =>
    reject(new AntError('command_failed', `setup: ${message}`, { hint: 'nothing was kept; start it again' }));
  const timer = setTimeout(giveUp('no answer from GitHub within an hour'), PATIENCE_MS);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) io.once(signal, giveUp('stopped'));
  try {
    return await Promise.race([code, given]);
  } finally {
    clearTimeout(timer);
  }
}

/** As far as there is one: the address is printed as well. */
function openBrowser(url: string, env: SetupIo['env']): void {
  const hasScreen = process.platform === 'darwin' || (env['DISPLAY'] ?? env['WAYLAND_DISPLAY']) !== undefined;
  if (!hasScreen) return;
  const opener = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], {
    stdio: 'ignore',
    detached: true,
  });
  opener.on('error', () => undefined);
  opener.unref();
}

function createdText(
  { id, url }: CreatedApp,
  { keyFile, secretFile }: SetupFlags,
  { apiUrl, paths }: { readonly apiUrl: string; readonly paths: readonly string[] },
): string {
  return `
The App exists: ${url}
Its key is in ${keyFile}, the secret of its webhook in ${secretFile}.

Put this into the configuration (config/config.yaml, or --config FILE):

webhook:
  path: ${JSON.stringify(paths.join(', '))}
  secret_file: ${JSON.stringify(secretFile)}
github:
  api_url: ${JSON.stringify(apiUrl)}
  app_id: "${id}"
  app_private_key_file: ${JSON.stringify(keyFile)}

Then:
  1. Install the App where the repositories are: ${url}/installations/new
  2. Start the service: ant-watcher serve
  3. Check it: ant-watcher doctor
`;
}

function stepsText({ plan }: SetupFlags, webUrl: string): string {
  const permissions = Object.keys(manifestOf(plan, null).default_permissions);
  return `The manifest of the App:

${JSON.stringify(manifestOf(plan, null), null, 2)}

By hand:
  1. Open this address in any browser. The form there is filled in:
     ${formUrlOf(webUrl, plan).href}
  2. Make a secret (openssl rand -hex 32), and enter it as the webhook's secret.
  3. Check that the permissions are ${permissions.join(', ')}, each "Read-only", and create the App.
  4. On its page, write down the App ID, and generate a private key.
  5. Set webhook.path to ${pathOf(plan.webhookUrl)}, and webhook.secret, github.app_id and github.app_private_key, or their _file forms.
  6. Install the App where the repositories are, start the service, and run ant-watcher doctor.
`;
}
