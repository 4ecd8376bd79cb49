import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Started, startAntWatcher } from './run-ant-watcher.ts';
import { parseExposition, type Samples, sumOf } from './samples.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

const SECRET = "It's a Secret to Everybody";
const PATIENCE_MS = 30_000;
const POLL_EVERY_MS = 20;

export interface ServiceOptions {
  /** `ANT_WATCHER_…` variables on top of the needed ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** `storage.url`; by default a new database in the service's folder. */
  readonly storage?: string;
  /** One of `api.tokens`, used to ask the API. */
  readonly token?: string;
  /** Both listeners speak TLS with that pair, which the caller has to make Node.js trust. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** After that it is killed, whatever it does; by default three minutes. */
  readonly longestMs?: number;
  /** What is started in place of `bin/ant-watcher`. */
  readonly bin?: string;
}

export interface PostOptions {
  /** `X-GitHub-Delivery`; by default a new one. */
  readonly guid?: string;
  /** Send the body as the HTML form that GitHub's hooks use by default. */
  readonly form?: boolean;
  /** The secret to sign with; by default the one that the service has from the start. */
  readonly secret?: string;
  /** By default `/webhook`. */
  readonly path?: string;
}

interface Running {
  readonly process: Started;
  /** Null: it polls. */
  readonly webhookUrl: string | null;
  /** `host:port` of the API listener. */
  readonly apiAddress: string;
}

/** Starts the real process on free ports, and waits until it can accept a delivery. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const service = new Service(options);
  try {
    await service.start();
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return service;
}

/**
 * The service as its users see it: a process with two addresses, which can be stopped and restarted on its
 * store.
 */
export class Service implements AsyncDisposable {
  readonly secret = SECRET;
  readonly #folder = openTemporaryFolder();
  readonly #env: Readonly<Record<string, string>>;
  readonly #longestMs: number | undefined;
  readonly #bin: string | undefined;
  readonly #token: string | undefined;
  readonly #scheme: 'http' | 'https';
  #process: Started | undefined;
  #running: Running | undefined;

  constructor({ env = {}, storage, token, tls, longestMs, bin }: ServiceOptions) {
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#longestMs = longestMs;
    this.#bin = bin;
    this.#token = token;
    this.#env = {
      ANT_WATCHER_WEBHOOK_SECRET: SECRET,
      ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
      ANT_WATCHER_WEBHOOK_PORT: '0',
      ANT_WATCHER_API_PORT: '0',
      ANT_WATCHER_STORAGE_URL: storage ?? `sqlite:${join(this.#folder.path, 'ant-watcher.db')}`,
      ...(token !== undefined && { ANT_WATCHER_API_TOKENS: token }),
      ...(tls !== undefined && {
        ANT_WATCHER_WEBHOOK_TLS_CERT_FILE: tls.certFile,
        ANT_WATCHER_WEBHOOK_TLS_KEY_FILE: tls.keyFile,
        ANT_WATCHER_API_TLS_CERT_FILE: tls.certFile,
        ANT_WATCHER_API_TLS_KEY_FILE: tls.keyFile,
      }),
      ...env,
    };
  }

  /** Its working directory, which is deleted at the end. */
  get folder(): string {
    return this.#folder.path;
  }

  get pid(): number {
    return this.#alive().process.pid;
  }

  /** Whether it has addresses: it was ready, and has not been stopped or killed. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get webhookUrl(): string {
    const { webhookUrl } = this.#alive();
    if (webhookUrl === null) throw new Error('The service takes no webhooks.');
    return webhookUrl;
  }

  get apiAddress(): string {
    return this.#alive().apiAddress;
  }

  get apiUrl(): string {
    return `${this.#scheme}://${this.apiAddress}`;
  }

  /** Starts a process on the same store and waits until it is ready. It has new addresses. */
  async start(): Promise<void> {
    if (this.#process !== undefined) throw new Error('The service is already running.');
    const process = startAntWatcher(['serve'], {
      cwd: this.folder,
      env: this.#env,
      ...(this.#longestMs !== undefined && { longestMs: this.#longestMs }),
      ...(this.#bin !== undefined && { bin: this.#bin }),
    });
    this.#process = process;
    const { webhook, api } = await inTime(process.logged('Ready'), () => 'The service does not start.');
    // Killed before it was ready.
    if (this.#process !== process) throw new Error('The service has stopped.');
    this.#running = {
      process,
      webhookUrl: webhook === null ? null : `${this.#scheme}://${addressOf(webhook)}/webhook`,
      apiAddress: addressOf(api),
    };
    await this.#until('The service is not ready.', async () => (await this.get('/readyz')).ok);
  }

  /** Asks the process to stop; returns its exit code and its log. */
  async stop(): Promise<{ readonly code: number | null; readonly log: string }> {
    return this.#end('SIGTERM');
  }

  /** Resolves when the process has ended by itself. */
  async ended(): Promise<{ readonly code: number | null; readonly log: string }> {
    return this.#end(null);
  }

  /** Kills the process, ready or not. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** What it has logged so far in this process. */
  get log(): string {
    return this.#alive().process.output();
  }

  signal(signal: NodeJS.Signals): void {
    this.#alive().process.signal(signal);
  }

  /**
   * Posts a signed delivery as GitHub does; `body` is JSON text or a value. Rejects when there is no answer.
   */
  async post(
    event: string,
    body: unknown,
    { guid = randomUUID(), form = false, secret = SECRET, path = '/webhook' }: PostOptions = {},
  ): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
    const json = typeof body === 'string' ? body : JSON.stringify(body);
    const bytes = form ? new URLSearchParams({ payload: json }).toString() : json;
    const headers = {
      ...headersOf(event, guid, bytes, secret),
      'Content-Type': form ? 'application/x-www-form-urlencoded' : 'application/json',
    };
    const response = await fetch(new URL(path, this.webhookUrl), { method: 'POST', headers, body: bytes });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** Asks the API listener; any answer is accepted. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const token = this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` };
    return fetch(`${this.apiUrl}${path}`, { headers: { ...token, ...headers } });
  }

  /** `/metrics` as text; in the older format unless `accept` asks for another. */
  async exposition(accept = 'text/plain'): Promise<string> {
    const response = await this.get('/metrics', { Accept: accept });
    if (!response.ok) throw new Error(`/metrics answered ${response.status}: ${await response.text()}`);
    return response.text();
  }

  async metrics(): Promise<Samples> {
    return parseExposition(await this.exposition());
  }

  /** Resolves once everything accepted is processed or parked, and returns the metrics then. */
  async settled(): Promise<Samples> {
    let samples: Samples = new Map();
    await this.#until('Deliveries still wait to be processed.', async () => {
      samples = await this.metrics();
      const waiting = (state: string) => sumOf(samples, 'ant_watcher_queue_deliveries', { state });
      return waiting('pending') + waiting('retrying') === 0;
    });
    return samples;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process !== undefined) await this.kill();
    this.#folder[Symbol.dispose]();
  }

  #alive(): Running {
    if (this.#running === undefined) throw new Error('The service does not run.');
    return this.#running;
  }

  async #end(signal: NodeJS.Signals | null): Promise<{ code: number | null; log: string }> {
    const process = this.#process;
    if (process === undefined) throw new Error('The service does not run.');
    if (signal !== null) process.signal(signal);
    const { code, stdout, stderr } = await inTime(
      process.ended(),
      () => `The service survives ${signal ?? 'its end'}. ${this.log}`,
    );
    this.#process = undefined;
    this.#running = undefined;
    return { code, log: stdout + stderr };
  }

  async #until(failure: string, isDone: () => Promise<boolean>): Promise<void> {
    const { process } = this.#alive();
    const deadlineMs = Date.now() + PATIENCE_MS;
    while (!(await isDone())) {
      if (Date.now() > deadlineMs) {
        const { log } = await this.#end('SIGKILL');
        throw new Error(`${failure} (process ${process.pid}) ${log}`);
      }
      await sleep(POLL_EVERY_MS);
    }
  }
}

/** The headers of a delivery, signed over the exact bytes of its body. */
export function headersOf(
  event: string,
  guid: string,
  bytes: string,
  secret = SECRET,
): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/c519d58',
    'X-GitHub-Delivery': guid,
    'X-GitHub-Event': event,
    'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`,
  };
}

/** `host:port` of a listener, from its field in the log. */
function addressOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { host, port } = value as { host: string; port: number };
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

async function inTime<T>(work: Promise<T>, failure: () => string): Promise<T> {
  const timer = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new Error(failure())),
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
