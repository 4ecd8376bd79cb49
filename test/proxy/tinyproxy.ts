import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { listens } from '../listens.ts';
import { peerPath } from '../peers.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';

export const USER = 'bob';
export const PASSWORD = 'pass-of-the-proxy-0815';

export interface Tinyproxy extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  /** With user and password. */
  readonly url: string;
  /** The requests of its log: `CONNECT github.ants.test:443`, `POST http://vm.ants.test/…`. */
  requests(): string[];
}

const PATIENCE_MS = 30_000;

/**
 * Starts a real forward proxy with a password and these lines in its configuration, and waits until it
 * listens.
 */
export async function startTinyproxy(lines: readonly string[] = []): Promise<Tinyproxy> {
  const folder = openTemporaryFolder();
  const port = await freePort();
  const file = join(folder.path, 'tinyproxy.conf');
  const own = [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 60', 'MaxClients 50', 'LogLevel Connect'];
  writeFileSync(file, [...own, `BasicAuth ${USER} ${PASSWORD}`, ...lines, ''].join('\n'));
  const proxy = spawn(peerPath('tinyproxy'), ['-d', '-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [proxy.stdout, proxy.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      log += part;
    });
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await listens(port))) {
    if (proxy.exitCode !== null || performance.now() > deadline)
      throw new Error(`tinyproxy does not start: ${log}`);
    await sleep(20);
  }
  return {
    address: `127.0.0.1:${port}`,
    url: `http://${USER}:${PASSWORD}@127.0.0.1:${port}`,
    requests: () =>
      Array.from(log.matchAll(/Request \(file descriptor \d+\): (\S+ \S+)/g), ([, found = '']) => found),
    async [Symbol.asyncDispose]() {
      const ended = proxy.exitCode === null ? once(proxy, 'exit') : null;
      proxy.kill('SIGKILL');
      await ended;
      folder[Symbol.dispose]();
    },
  };
}
