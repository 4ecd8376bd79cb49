import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseExposition, type Samples, sumOf } from '../test/samples.ts';
import { SECRET } from './bodies.ts';
import { noteLeftOver } from './left-overs.ts';
import { exactCpuMsOf, residentBytesOf } from './process-usage.ts';
import { startProcess } from './start-process.ts';

/*
 * The measured processes, each started as its users start it.
 */

/** The first wait between two looks; each one after it is twice as long, because looking costs CPU, too. */
const SETTLE_POLL_MS = 50;
const SETTLE_PATIENCE_MS = 600_000;

export interface Server extends AsyncDisposable {
  readonly pid: number;
  /** Where deliveries are posted to. */
  readonly port: number;
}

export interface AntWatcher extends Server {
  /** `http://host:port` of the API listener. */
  readonly api: string;
  /** From the start of the process until `/readyz` succeeded. */
  readonly readyMs: number;
  /** CPU of the process, and of what it had started, at that moment. */
  readonly readyCpuMs: number;
  /** Its resident memory then. */
  readonly readyResidentBytes: number;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  /** By default those of `/metrics`. */
  metrics(path?: string): Promise<Samples>;
  /** Resolves when nothing accepted waits to be processed, and no sample to be pushed. */
  settled(): Promise<void>;
}

/** Starts the bare handler, which keeps nothing. */
export function startBareHandler(): Promise<Server> {
  return startScript('./bare-handler.ts');
}

/** Starts a receiver of pushed samples, for `pushingTo`. */
export function startPushSink(): Promise<Server> {
  return startScript('./push-sink.ts');
}

/** What makes a service push. History, explanations and the page are always on. */
export function pushingTo({ port }: Pick<Server, 'port'>): Readonly<Record<string, string>> {
  return { ANT_WATCHER_PUSH_URL: `http://127.0.0.1:${port}` };
}

async function startScript(relative: string): Promise<Server> {
  const child = startProcess(process.execPath, [pathOf(relative)]);
  return {
    pid: child.pid,
    port: Number(await child.line('')),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

/**
 * Starts `ant-watcher serve`, by default from this checkout, on the database in `folder`, and waits until it can accept
 * a delivery.
 */
export async function startService(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  bin = pathOf('../bin/ant-watcher'),
): Promise<AntWatcher> {
  const startMs = performance.now();
  const child = startProcess(bin, ['serve'], {
    cwd: folder,
    env: {
      ANT_WATCHER_WEBHOOK_SECRET: SECRET,
      ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
      ANT_WATCHER_WEBHOOK_PORT: '0',
      ANT_WATCHER_API_PORT: '0',
      ANT_WATCHER_STORAGE_URL: storageUrl(folder),
      ...env,
    },
  });
  const { webhook, api }: Record<'webhook' | 'api', Address> = JSON.parse(await child.line('"Ready"'));
  const apiUrl = `http://${api.host}:${api.port}`;
  while (!(await fetch(`${apiUrl}/readyz`)).ok) await sleep(1);
  const readyMs = performance.now() - startMs;
  const readyCpuMs = exactCpuMsOf(child.pid);
  const readyResidentBytes = residentBytesOf(child.pid).now;

  async function metrics(path = '/metrics'): Promise<Samples> {
    const response = await fetch(`${apiUrl}${path}`);
    return parseExposition(await response.text());
  }

  return {
    pid: child.pid,
    port: webhook.port,
    api: apiUrl,
    readyMs,
    readyCpuMs,
    readyResidentBytes,
    kill: () => child.kill(),
    metrics,
    async settled() {
      const deadlineMs = performance.now() + SETTLE_PATIENCE_MS;
      for (let waitMs = SETTLE_POLL_MS; isWaiting(await metrics()); waitMs *= 2) {
        if (performance.now() > deadlineMs) throw new Error('deliveries are not processed');
        await sleep(waitMs);
      }
    },
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

function isWaiting(samples: Samples): boolean {
  return ['queue_deliveries', 'outbox_samples'].some((name) => sumOf(samples, `ant_watcher_${name}`) > 0);
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

export function storageUrl(folder: string): string {
  return `sqlite:${join(folder, 'ant-watcher.db')}`;
}

export interface Folder extends Disposable {
  readonly path: string;
}

/** A folder next to the sources, because the system's temporary one may be in memory. Deleted at the end. */
export function openFolder(): Folder {
  const data = pathOf('../data');
  mkdirSync(data, { recursive: true });
  const path = mkdtempSync(join(data, 'bench-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  const forget = noteLeftOver({ [Symbol.dispose]: remove });
  return {
    path,
    [Symbol.dispose]() {
      remove();
      forget();
    },
  };
}
