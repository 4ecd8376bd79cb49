import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AntError } from '../src/domain/errors.ts';
import { sleep } from '../src/timing/sleep.ts';
import type { CommandIo } from './command-line.ts';

/*
 * A service only for simulated data, on a temporary database that is deleted with it.
 */

export interface OwnService extends AsyncDisposable {
  /** Where it takes webhooks. */
  readonly webhook: URL;
  /** The address of its API, without a path. */
  readonly api: string;
  /** Its webhook secret, which is random. */
  readonly secret: string;
  /** Aborted when it has ended, by itself or with the scope. */
  readonly ended: AbortSignal;
}

export interface OwnServiceOptions {
  /** Where programs are found, and everything that it inherits; settings of ant-watcher are left out. */
  readonly env: CommandIo['env'];
  /** Aborted: stop waiting for it. */
  readonly signal: AbortSignal;
  /** Use free ports, even when 8080 and 9876 are free. */
  readonly anyPorts?: boolean;
  /** More settings, by the names of their variables. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Where it listens unless they are taken. */
export const PORTS = { webhook: 8080, api: 9876 };
const START_TIMEOUT_MS = 20_000;

/** Starts it and waits until it is ready. Rejects with `command_failed`. */
export async function startOwnService({
  env,
  signal,
  anyPorts = false,
  settings = {},
}: OwnServiceOptions): Promise<OwnService> {
  await using teardown = new AsyncDisposableStack();
  const secret = randomBytes(24).toString('hex');
  const webhookPort = await choosePort(PORTS.webhook, anyPorts);
  const apiPort = await choosePort(PORTS.api, anyPorts);
  const folder = mkdtempSync(join(tmpdir(), 'ant-watcher-simulated-'));
  teardown.defer(() => rmSync(folder, { recursive: true, force: true }));
  const end = new AbortController();
  const child = spawnService(folder, { env, secret, webhookPort, apiPort, settings });
  const ended = once(child, 'exit').finally(() => end.abort());
  teardown.defer(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const api = `http://127.0.0.1:${apiPort}`;
  await untilReady(`${api}/readyz`, AbortSignal.any([signal, end.signal]));
  const webhook = new URL(`http://127.0.0.1:${webhookPort}/webhook`);
  const started = teardown.move();
  return { webhook, api, secret, ended: end.signal, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

function spawnService(
  folder: string,
  given: {
    readonly env: CommandIo['env'];
    readonly secret: string;
    readonly webhookPort: number;
    readonly apiPort: number;
    readonly settings: Readonly<Record<string, string>>;
  },
): ChildProcess {
  // Neither settings in this shell nor a config file in this folder: it is the same for everybody.
  const inherited = Object.entries(given.env).filter(([name]) => !name.startsWith('ANT_WATCHER_'));
  return spawn(process.execPath, [launcher(), 'serve'], {
    cwd: folder,
    // Its own process group: Ctrl-C reaches only the command, which stops the service itself.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...Object.fromEntries(inherited),
      ANT_WATCHER_WEBHOOK_SECRET: given.secret,
      ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
      ANT_WATCHER_WEBHOOK_PORT: String(given.webhookPort),
      ANT_WATCHER_API_PORT: String(given.apiPort),
      ANT_WATCHER_STORAGE_URL: `sqlite:${join(folder, 'ant-watcher.db')}`,
      ANT_WATCHER_LOG_LEVEL: 'warn',
      ...given.settings,
    },
  });
}

/** Started without a shell, which an image lacks: in a checkout the source, in a package what was made of it. */
function launcher(): string {
  const paths = ['src/launch.ts', 'dist/launch.js'].map((path) => join(import.meta.dirname, '..', path));
  return paths.find((path) => existsSync(path)) ?? '';
}

async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  const lastMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < lastMs && !signal.aborted) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50, signal);
  }
  const why = signal.aborted ? 'did not start' : `was not ready within ${START_TIMEOUT_MS / 1000} s`;
  throw new AntError('command_failed', `The service for the simulated data ${why}`);
}

/** The preferred port, or any free one when it is taken. */
export async function choosePort(wanted: number, any: boolean): Promise<number> {
  const port = any ? undefined : await tryPort(wanted);
  return port ?? (await tryPort(0)) ?? wanted;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

/** For people: what to open. */
export function whereToLook({ api, webhook }: OwnService): string {
  return `
ant-watcher is running with simulated GitHub traffic.

  Page       ${api}/
  Metrics    ${api}/metrics
  Health     ${api}/health
  Webhook    ${webhook.href}

  curl -s ${api}/metrics | grep github_actions_active_jobs

Ctrl-C stops it and removes everything it stored.
`;
}
