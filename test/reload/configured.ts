import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Service } from '../service.ts';

/** Settings by group, as a configuration file has them. */
export interface Configuration {
  readonly sinks?: readonly Readonly<Record<string, string>>[];
  readonly [group: string]:
    | Readonly<Record<string, string | number>>
    | readonly Readonly<Record<string, string>>[]
    | undefined;
}

/** The answer to `POST /-/reload`. */
export interface Reloaded {
  readonly status: number;
  readonly body: {
    readonly applied?: readonly string[];
    readonly needs_restart?: readonly string[];
    readonly error?: { readonly code: string };
    readonly problems?: readonly { readonly setting?: string; readonly what: string }[];
  };
}

const PATIENCE_MS = 30_000;

/** A service with a configuration file, which can be rewritten. */
export interface Configured extends AsyncDisposable {
  readonly service: Service;
  /** Also keeps `api.reload` on and, unless it is set, `config.watch` off. */
  write(configuration: Configuration): void;
  /** Writes a file into the working directory of the service. */
  writeFile(name: string, text: string): void;
  /** Asks by HTTP, with the token if there is one. */
  reload(token?: string): Promise<Reloaded>;
  /** `write` and `reload`, which must succeed. */
  change(configuration: Configuration): Promise<Reloaded['body']>;
  /** Sends SIGHUP and waits for the log line of its end. */
  hangUp(): Promise<void>;
}

/** Starts the real process on a configuration file; `files` exist before. */
export async function startConfigured(
  configuration: Configuration,
  {
    env = {},
    files = {},
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): Promise<Configured> {
  const service = new Service({ env });
  const writeFile = (name: string, text: string) => writeFileSync(join(service.folder, name), text);
  mkdirSync(join(service.folder, 'config'));
  const configured: Configured = {
    service,
    writeFile,
    write: (next) => writeFile('config/config.json', textOf(next)),
    async reload(token) {
      const headers = {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      };
      const response = await fetch(`http://${service.apiAddress}/-/reload`, { method: 'POST', headers });
      return { status: response.status, body: (await response.json()) as Reloaded['body'] };
    },
    async change(next) {
      configured.write(next);
      const { status, body } = await configured.reload();
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    },
    async hangUp() {
      const before = endsOf(service);
      service.signal('SIGHUP');
      await until('SIGHUP does nothing', () => endsOf(service) > before);
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
  for (const [name, text] of Object.entries(files)) writeFile(name, text);
  configured.write(configuration);
  try {
    await service.start();
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return configured;
}

/** Polls patiently; no test depends on how long it takes. */
export async function until(failure: string, isDone: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await isDone())) {
    if (Date.now() > deadlineMs) throw new Error(failure);
    await sleep(10);
  }
}

function textOf(configuration: Configuration): string {
  return JSON.stringify({
    ...configuration,
    api: { reload: 'true', ...configuration['api'] },
    config: { watch: '0s', ...configuration['config'] },
  });
}

/** How many reloads have ended, successfully or not. */
function endsOf(service: Service): number {
  return service.log.match(/"msg":"Configuration reload(ed"| failed)/g)?.length ?? 0;
}
