import { freePort } from './free-port.ts';
import { type RunningPeer, startPeer } from './peer-process.ts';
import type { Peer } from './peers.ts';
import type { StoredSample } from './stored-sample.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

export interface RunningVictoriaMetrics extends RunningPeer {
  readonly url: string;
  /** Where it stores everything. */
  readonly dataPath: string;
  /** Everything stored so far that the selector finds. */
  samples(selector: string): Promise<StoredSample[]>;
}

/**
 * A real VictoriaMetrics on a free loopback port that accepts samples of any time, and by default
 * deduplicates a sample that is sent again: one for each series and millisecond stays. It scrapes `target`
 * (host:port, perhaps with a path), if any, every second.
 */
export async function startVictoriaMetrics({
  deduplicates = true,
  metricsKey = '',
  target = '',
  program = 'victoria-metrics' as Extract<Peer, `victoria-metrics${string}`>,
  flags: more = [] as readonly string[],
} = {}): Promise<RunningVictoriaMetrics> {
  const [host, ...path] = target.split('/');
  const metrics_path = path.length === 0 ? '/metrics' : `/${path.join('/')}`;
  const static_configs = [{ targets: [host] }];
  const scrape = { scrape_interval: '1s', metrics_path, static_configs, job_name: 'target' };
  const folder = openTemporaryFolder({ 'scrape.yml': JSON.stringify({ scrape_configs: [scrape] }) });
  const address = `127.0.0.1:${await freePort()}`;
  const dataPath = `${folder.path}/data`;
  const flags = [
    `-storageDataPath=${dataPath}`,
    `-httpListenAddr=${address}`,
    '-retentionPeriod=100y',
    ...(deduplicates ? ['-dedup.minScrapeInterval=1ms'] : []),
    // Who asks for its own metrics has to know it.
    `-metricsAuthKey=${metricsKey}`,
    ...(target === '' ? [] : [`-promscrape.config=${folder.path}/scrape.yml`]),
    '-loggerLevel=ERROR',
    ...more,
  ];
  const url = `http://${address}`;
  const server = await startPeer(program, flags, `${url}/health`);
  return {
    url,
    dataPath,
    stop: server.stop,
    start: server.start,
    samples: (selector) => samples(url, selector),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

async function samples(url: string, selector: string): Promise<StoredSample[]> {
  // What has just arrived may not be readable yet.
  await fetch(`${url}/internal/force_flush`);
  const response = await fetch(`${url}/api/v1/export?${new URLSearchParams({ 'match[]': selector })}`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const { metric, values, timestamps } = JSON.parse(line) as {
      metric: Record<string, string>;
      values: number[];
      timestamps: number[];
    };
    return values.map((value, index) => ({ labels: metric, value, atMs: timestamps[index] ?? Number.NaN }));
  });
}
