import type { TestContext } from 'node:test';
import type { Engine, ExpositionFormat, Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import type { GaugeReading, Increment } from '../domain/metric.ts';
import { DIRECT } from '../outbound/network.ts';
import { type AccessSettings, accessRules } from './access-rules.ts';
import { type ApiListenerOptions, openApiListener } from './listener.ts';

/*
 * For tests: an API listener on a free port with an engine that tells what it was asked.
 */

const NOTHING_KNOWN = { runs: [], jobs: [], observations: [] };
const KNOWS_NOTHING: Pick<Engine, 'explainJob' | 'explainRun' | 'listJobs' | 'lingering'> = {
  explainJob: async () => NOTHING_KNOWN,
  explainRun: async () => NOTHING_KNOWN,
  listJobs: async () => ({ asOfMs: 0, nowMs: 0, jobs: [], next: null }),
  lingering: async () => [],
};
export const EXPOSITION = '# HELP a_total Anything.\n# TYPE a_total counter\na_total 1\n'.repeat(50);

const JOBS: ApiListenerOptions['jobs'] = {
  jobRules: () => ({
    issuer: '',
    network: DIRECT,
    audience: null,
    owners: new Set(),
    repositories: new Set(),
  }),
  bodyLimitBytes: 1000,
  maxNumbers: 10,
  isShortOfMemory: () => false,
};

function recordingLogger(warnings: string[], errors: string[]): Logger {
  const logger: Logger = {
    debug() {},
    info() {},
    warn: (message) => void warnings.push(message),
    error: (message) => void errors.push(message),
    child: () => logger,
  };
  return logger;
}

/** Opens a listener that is closed at the end of the test. */
export async function openFixture(
  context: TestContext,
  {
    engine: part = {},
    access = {},
    ...options
  }: Partial<Omit<ApiListenerOptions, 'engine'>> & {
    engine?: Partial<Engine>;
    access?: Partial<AccessSettings>;
  } = {},
) {
  const scrapes: (readonly [ExpositionFormat, readonly GaugeReading[]])[] = [];
  const replays: unknown[][] = [];
  const errors: string[] = [];
  const warnings: string[] = [];
  const counted: Increment[] = [];
  const logger = recordingLogger(warnings, errors);
  const engine: Engine = {
    ...KNOWS_NOTHING,
    accept: async () => [],
    proveDurable: async () => {},
    copy: () => Promise.reject(new AntError('backup_unsupported', 'A store in memory has no backup.')),
    count: async () => {},
    readMark: async () => null,
    writeMark: async () => {},
    readNote: async () => null,
    writeNote: async () => {},
    knownRepositories: async () => [],
    unseen: async (guids) => [...guids],
    pushSnapshot: async () => {},
    endSnapshots: async () => {},
    shortOfMemory: async () => {},
    deadSamples: async () => [],
    async scrape(format, gauges) {
      scrapes.push([format, gauges]);
      return new TextEncoder().encode(EXPOSITION);
    },
    async health() {
      const queue = { pending: 0, retrying: 0, parked: 1, oldestMs: null };
      const about = { event: 'workflow_job', action: 'queued', attempts: 8, error: 'unreadable' };
      const parked = [{ guid: 'a-guid', ...about, receivedAtMs: 0, parkedAtMs: 1000 }];
      return { queue, parked, lastProcessedAtMs: 2000, series: 5, sinks: [] };
    },
    async replayParked(...values) {
      return replays.push(values);
    },
    ...part,
  };
  const rules = accessRules({ tokens: [], basicAuths: [], public: [], ...access });
  const listener = await openApiListener({
    host: '127.0.0.1',
    port: 0,
    accessRules: () => rules,
    certificate: null,
    jobs: JOBS,
    meter: { add: (increments) => void counted.push(...increments.filter(({ delta }) => delta !== 0)) },
    isReloadAllowed: () => false,
    reload: async () => ({ kind: 'unavailable', reason: 'not in this test' }),
    version: '1.2.3',
    webUrl: () => 'https://github.com',
    readings: () => [],
    flushMeter: async () => {},
    clock: Date.now,
    logger,
    ready: async () => ({ ok: true }),
    backfill: () => null,
    ...options,
    engine,
  });
  let closed: Promise<void> | null = null;
  const close = () => (closed ??= listener.close());
  context.after(close);
  const { host, port } = listener.address;
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  return { listener, url, port, scrapes, replays, errors, warnings, counted, close };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The code of an error. */
  readonly code: string | undefined;
}

/** One request with a connection of its own; checks that an error has our form. */
export async function ask(url: string, options: RequestInit = {}): Promise<Answer> {
  const headers = { Connection: 'close', ...(options.headers as Record<string, string>) };
  const response = await fetch(url, { ...options, headers });
  const text = await response.text();
  const isError = response.status >= 400 && !url.endsWith('/health') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    code: isError ? codeIn(text) : undefined,
  };
}

export function codeIn(body: string): string {
  const { error, ...rest } = JSON.parse(body);
  if (Object.keys(rest).length > 0 || Object.keys(error).sort().join() !== 'code,message') {
    throw new Error(`This is not the form of an error: ${body}`);
  }
  return error.code;
}
