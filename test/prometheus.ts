import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerPath } from './peers.ts';

export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface RunningPrometheus extends AsyncDisposable {
  /** The instant query; an empty list while the server does not answer yet. */
  query(expression: string): Promise<PrometheusSeries[]>;
}

/** A real Prometheus on a free loopback port that scrapes each target (host:port) every second, its job named by the key. */
export async function startPrometheus(targets: Readonly<Record<string, string>>): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'ant-watcher-prometheus-'));
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: Object.entries(targets).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    })),
  };
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const flags = {
    'config.file': join(folder, 'prometheus.yml'),
    'storage.tsdb.path': join(folder, 'data'),
    'web.listen-address': address,
    'log.level': 'error',
  };
  const server = spawn(
    peerPath('prometheus'),
    Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const ended = once(server, 'exit');
  return {
    query: (expression) => query(address, expression),
    async [Symbol.asyncDispose]() {
      server.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function query(address: string, expression: string): Promise<PrometheusSeries[]> {
  const url = `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) return [];
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}
