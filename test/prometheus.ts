import { freePort } from './free-port.ts';
import { type RunningPeer, startPeer } from './peer-process.ts';
import type { Peer } from './peers.ts';
import { parseExposition, type Samples } from './samples.ts';
import type { StoredSample } from './stored-sample.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface StoredExemplar {
  readonly series: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly seconds: number;
}

export interface FoundAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface RunningPrometheus extends RunningPeer {
  /** Accepts remote write, also of samples up to a thousand days older than the newest. */
  readonly url: string;
  /** The instant query, by default as of now; an empty list while the server does not answer yet. */
  query(expression: string, atSeconds?: number): Promise<PrometheusSeries[]>;
  /** All exemplars of the series that the selector finds, whenever they happened. */
  exemplars(selector: string): Promise<StoredExemplar[]>;
  /** What its rules find at the moment. */
  alerts(): Promise<FoundAlert[]>;
  /** The names of its rules, each with `ok`, an error, or `unknown` before its first evaluation. */
  rules(): Promise<(readonly [name: string, health: string])[]>;
  /** Its own metrics. */
  ownMetrics(): Promise<Samples>;
  /** What the selector finds in the thousand days before `untilMs`. */
  samples(selector: string, untilMs: number): Promise<StoredSample[]>;
}

export interface PrometheusOptions {
  /** Of `--enable-feature`. */
  readonly features?: readonly string[];
  /** Of its configuration. */
  readonly otlp?: { readonly promote_resource_attributes: readonly string[] };
}

/** Configured to accept anything: neither late samples nor old ones are refused or deleted. */
const ANY_TIME = { tsdb: { out_of_order_time_window: '1000d' } };
const RETENTION = '100y';
/** Nothing is compacted: if 2.42 stops meanwhile, it loses out-of-order samples that it has answered 204. */
const BLOCK = '31d';

/**
 * A real Prometheus on a free loopback port that scrapes each target (host:port, perhaps with a path) every second,
 * with the key as its job name, and evaluates the files of rules as often.
 */
export async function startPrometheus(
  targets: Readonly<Record<string, string>> = {},
  rules: readonly string[] = [],
  program: Extract<Peer, 'prometheus' | 'prometheus-new'> = 'prometheus',
  { features = [], ...more }: PrometheusOptions = {},
): Promise<RunningPrometheus> {
  const config = {
    ...more,
    storage: ANY_TIME,
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    scrape_configs: Object.entries(targets).map(([job, target]) => {
      const [address, ...path] = target.split('/');
      const metrics_path = path.length === 0 ? '/metrics' : `/${path.join('/')}`;
      return { job_name: job, metrics_path, static_configs: [{ targets: [address] }] };
    }),
  };
  const folder = openTemporaryFolder({ 'prometheus.yml': JSON.stringify(config) });
  const address = `127.0.0.1:${await freePort()}`;
  const flags = [
    `--config.file=${folder.path}/prometheus.yml`,
    `--storage.tsdb.path=${folder.path}/data`,
    `--storage.tsdb.retention.time=${RETENTION}`,
    `--web.listen-address=${address}`,
    `--storage.tsdb.min-block-duration=${BLOCK}`,
    `--storage.tsdb.max-block-duration=${BLOCK}`,
    '--web.enable-remote-write-receiver',
    `--enable-feature=${['exemplar-storage', ...features].join(',')}`,
    // Debian's has no such receiver.
    ...(program === 'prometheus-new' ? ['--web.enable-otlp-receiver'] : []),
    '--log.level=error',
  ];
  const server = await startPeer(program, flags, `http://${address}/-/ready`);
  return {
    url: `http://${address}`,
    stop: server.stop,
    start: server.start,
    query: (expression, atSeconds) => query(address, expression, atSeconds),
    samples: (selector, untilMs) => samples(address, selector, untilMs),
    exemplars: (selector) => exemplars(address, selector),
    alerts: async () => (await ask<{ alerts: FoundAlert[] }>(address, 'alerts')).alerts,
    rules: async () =>
      (await ask<RuleGroups>(address, 'rules')).groups.flatMap((group) =>
        group.rules.map(({ name, health, lastError }) => [name, lastError ?? health] as const),
      ),
    ownMetrics: async () => parseExposition(await (await fetch(`http://${address}/metrics`)).text()),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

interface RuleGroups {
  readonly groups: { readonly rules: { name: string; health: string; lastError?: string }[] }[];
}

async function ask<Data>(address: string, what: string): Promise<Data> {
  const response = await fetch(`http://${address}/api/v1/${what}`);
  return ((await response.json()) as { data: Data }).data;
}

async function query(address: string, expression: string, atSeconds?: number): Promise<PrometheusSeries[]> {
  // As a number it would be truncated to the previous millisecond.
  const time =
    atSeconds === undefined ? undefined : { time: new Date(Math.round(atSeconds * 1000)).toISOString() };
  const parameters = new URLSearchParams({ query: expression, ...time });
  const response = await fetch(`http://${address}/api/v1/query?${parameters}`).catch(() => undefined);
  if (!response?.ok) return [];
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

async function exemplars(address: string, selector: string): Promise<StoredExemplar[]> {
  const parameters = new URLSearchParams({ query: selector, start: '0', end: '4000000000' });
  const response = await fetch(`http://${address}/api/v1/query_exemplars?${parameters}`);
  const { data } = (await response.json()) as {
    data: {
      seriesLabels: Record<string, string>;
      exemplars: { labels: Record<string, string>; value: string; timestamp: number }[];
    }[];
  };
  return data.flatMap(({ seriesLabels: series, exemplars }) =>
    exemplars.map(({ labels, value, timestamp }) => ({
      series,
      labels,
      value: Number(value),
      seconds: timestamp,
    })),
  );
}

async function samples(address: string, selector: string, untilMs: number): Promise<StoredSample[]> {
  const query = new URLSearchParams({ query: `${selector}[1000d]`, time: String(untilMs / 1000) });
  const response = await fetch(`http://${address}/api/v1/query?${query}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  return data.result.flatMap(({ metric: labels, values }) =>
    values.map(([seconds, value]) => ({
      labels,
      value: Number(value),
      atMs: Math.round(seconds * 1000),
    })),
  );
}
