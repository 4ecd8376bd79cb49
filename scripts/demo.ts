import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runSimulate } from '../simulator/simulate-command.ts';

/*
 * `npm run demo`: the service on a temporary store, with simulated GitHub traffic: a few hundred runs of the last
 * hours at once, then live ones until Ctrl-C. Nothing is left behind.
 */

const HELP = `Usage: npm run demo -- [flags]

  --duration TIME    stop by itself after this long, such as 20s
  --ports free       take any free ports instead of 8080 and 9876
`;

const START_TIMEOUT_MS = 20_000;
const PAST = ['--runs', '300', '--in-flight', '0'];
/** Ten times as fast as the world, until it has caught up with the present. */
const LIVE = ['--seed', 'live', '--speed', '10', '--duplicates', '0.02', '--reorder', '0.05'];

const { values: flags } = parseArgs({
  options: { duration: { type: 'string' }, ports: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
if (flags.help) process.stdout.write(HELP);
else process.exitCode = await demonstrate(flags.duration, flags.ports === 'free');

/** Runs the demo to its end and answers the exit code. */
async function demonstrate(duration: string | undefined, anyPorts: boolean): Promise<number> {
  const secret = randomBytes(24).toString('hex');
  const webhookPort = await choosePort(8080, anyPorts);
  const apiPort = await choosePort(9876, anyPorts);
  const folder = mkdtempSync(join(tmpdir(), 'ant-watcher-demo-'));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const service = startService(folder, secret, webhookPort, apiPort);
  const ended = once(service, 'exit').finally(() => stop.abort());
  const io = { stdout: process.stdout, stderr: process.stderr, env: {}, signal: stop.signal };
  try {
    const api = `http://127.0.0.1:${apiPort}`;
    const webhook = `http://127.0.0.1:${webhookPort}/webhook`;
    if (!(await isReady(`${api}/readyz`, stop.signal)))
      return stop.signal.aborted && isRunning(service) ? 0 : 1;
    say('The service runs. Sending some hundred simulated runs of the last hours …');
    const sending = ['--url', webhook, '--secret', secret];
    await runSimulate([...PAST, ...sending], io);
    if (stop.signal.aborted) return isRunning(service) ? 0 : 1;
    say(whereToLook(api, webhook));
    const end = duration === undefined ? [] : ['--duration', duration];
    const code = await runSimulate([...LIVE, ...end, ...sending], io);
    return isRunning(service) ? code : 1;
  } finally {
    say(isRunning(service) ? 'Stopping …' : 'The service has ended.');
    if (isRunning(service)) service.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function startService(folder: string, secret: string, webhookPort: number, apiPort: number): ChildProcess {
  const command = join(import.meta.dirname, '..', 'bin', 'ant-watcher');
  // Neither settings of this shell nor a config file of this folder: the demo is the same for everybody.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ANT_WATCHER_'));
  return spawn(command, ['serve'], {
    cwd: folder,
    // Its own process group: Ctrl-C reaches only the demo, which stops the service itself.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...Object.fromEntries(inherited),
      ANT_WATCHER_WEBHOOK_SECRET: secret,
      ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
      ANT_WATCHER_WEBHOOK_PORT: String(webhookPort),
      ANT_WATCHER_API_PORT: String(apiPort),
      ANT_WATCHER_STORAGE_URL: `sqlite:${join(folder, 'ant-watcher.db')}`,
      ANT_WATCHER_LOG_LEVEL: 'warn',
    },
  });
}

/** Resolves to false when the service is not ready in time, or when `signal` is aborted before. */
async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  const lastMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < lastMs && !signal.aborted) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return true;
    await sleep(50);
  }
  if (!signal.aborted) say(`The service was not ready within ${START_TIMEOUT_MS / 1000} s.`);
  return false;
}

function isRunning(service: ChildProcess): boolean {
  return service.exitCode === null && service.signalCode === null;
}

/** The wanted port, or any free one when it is taken. */
async function choosePort(wanted: number, any: boolean): Promise<number> {
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

function whereToLook(api: string, webhook: string): string {
  return `
ant-watcher is running with simulated GitHub traffic.

  Metrics    ${api}/metrics
  Health     ${api}/health
  Webhook    ${webhook}

  curl -s ${api}/metrics | grep github_actions_active_jobs

Ctrl-C stops it and removes everything it stored.
`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
