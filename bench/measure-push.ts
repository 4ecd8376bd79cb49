import { setTimeout as sleep } from 'node:timers/promises';
import { PROTOCOLS, type PushProtocol } from '../src/push/protocols.ts';
import { findPeer } from '../test/peers.ts';
import { type Samples, sumOf } from '../test/samples.ts';
import { startVictoriaMetrics } from '../test/victoria-metrics.ts';
import { noteLeftOver } from './left-overs.ts';
import { cpuMsOf, residentBytesOf } from './process-usage.ts';
import { countAt, fillOutbox } from './pushed-samples.ts';
import { relaySamples } from './relay-samples.ts';
import { medianOf, numberText, type Progress, type Row, rangeText } from './report.ts';
import { type AntWatcher, openFolder, startService, storageUrl } from './servers.ts';

const BUDGET_PER_SECOND = 50_000;
const BUDGET_US: Readonly<Record<PushProtocol, number>> = { victoriametrics: 2.5, remote_write: 4 };
const WORDS: Readonly<Record<PushProtocol, string>> = {
  victoriametrics: 'import text',
  remote_write: 'remote write',
};
const POLL_MS = 250;
const PATIENCE_MS = 600_000;
const MIB = 1024 ** 2;

export interface PushSizes {
  readonly samples: number;
  readonly rounds: number;
}

/**
 * What it costs to work off a backlog, into one real VictoriaMetrics on the same cores, in turns with VictoriaMetrics'
 * own agent, which is given the same samples. Throws when the database is missing; the agent may be.
 */
export async function measurePush({ samples, rounds }: PushSizes, progress: Progress): Promise<Row[]> {
  const all: Round[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (const protocol of Object.keys(PROTOCOLS) as PushProtocol[]) {
      all.push(await measureRound(protocol, samples));
      const { perSecond, cpuUs, relayUs } = all.at(-1) as Round;
      const beside = relayUs === null ? '' : `, vmagent ${numberText(relayUs, 1)} µs`;
      progress(`push: ${protocol} ${numberText(perSecond)}/s, ${numberText(cpuUs, 1)} µs${beside}`);
    }
  const missing = all.reduce((sum, each) => sum + each.missing, 0);
  return [
    ...Object.entries(Object.groupBy(all, ({ protocol }) => protocol)).flatMap(([protocol, ofProtocol]) =>
      rowsOf(protocol as PushProtocol, ofProtocol, samples),
    ),
    {
      what: 'lost on the way: stored − found in VictoriaMetrics',
      measured: numberText(missing),
      budget: '0',
      isMet: missing === 0,
    },
    {
      what: 'longest pause of the engine thread meanwhile',
      measured: `${numberText(Math.max(...all.map(({ pauseMs }) => pauseMs)), 1)} ms`,
      budget: '',
    },
    {
      what: 'highest resident memory meanwhile',
      measured: `${numberText(Math.max(...all.map(({ residentBytes }) => residentBytes)) / MIB)} MiB`,
      budget: '',
    },
  ];
}

interface Round extends CatchUp {
  readonly protocol: PushProtocol;
  readonly missing: number;
  readonly residentBytes: number;
  /** What each sample costs the agent; null: it is not there. */
  readonly relayUs: number | null;
}

async function measureRound(protocol: PushProtocol, samples: number): Promise<Round> {
  using folder = openFolder();
  await fillOutbox(storageUrl(folder.path), protocol, samples);
  const own = await withDatabase(async (url) => {
    const push = { ANT_WATCHER_PUSH_URL: url, ANT_WATCHER_PUSH_PROTOCOL: protocol };
    await using service = await startService(folder.path, push);
    const caughtUp = await watchCatchUp(service);
    const { highest: residentBytes } = residentBytesOf(service.pid);
    return { ...caughtUp, residentBytes, missing: samples - (await countAt(url)) };
  });
  const hasAgent = findPeer('vmagent') !== undefined;
  const relayUs = hasAgent ? await withDatabase((url) => relaySamples(url, protocol, samples)) : null;
  return { protocol, ...own, relayUs };
}

async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  await using victoria = await startVictoriaMetrics();
  const forget = noteLeftOver({ [Symbol.dispose]: () => void victoria.stop('SIGKILL') });
  const result = await work(victoria.url);
  forget();
  return result;
}

function rowsOf(protocol: PushProtocol, rounds: readonly Round[], samples: number): Row[] {
  const perSecond = medianOf(rounds.map((each) => each.perSecond));
  const costs = rounds.map(({ cpuUs }) => cpuUs);
  const ratios = rounds.flatMap(({ cpuUs, relayUs }) => (relayUs === null ? [] : [cpuUs / relayUs]));
  const relayed = rounds.flatMap(({ relayUs }) => relayUs ?? []);
  const budgetUs = BUDGET_US[protocol];
  const words = WORDS[protocol];
  const beside: Row = {
    what: `÷ that of vmagent, which is given the same (${words})`,
    measured: `${numberText(medianOf(ratios), 1)} × (${rangeText(ratios, 1)}; ${numberText(medianOf(relayed), 1)} µs)`,
    budget: '',
  };
  return [
    {
      what: `CPU of a sample pushed from a backlog of ${numberText(samples)}, ${words}`,
      measured: `${numberText(medianOf(costs), 1)} µs (${rangeText(costs, 1)})`,
      budget: `≤ ${budgetUs} µs`,
      isMet: medianOf(costs) <= budgetUs,
    },
    ...(ratios.length === 0 ? [] : [beside]),
    {
      what: `samples pushed a second, ${words}`,
      measured: `${numberText(perSecond)}/s`,
      budget: `≥ ${numberText(BUDGET_PER_SECOND)}/s`,
      isMet: perSecond >= BUDGET_PER_SECOND,
    },
  ];
}

interface CatchUp {
  readonly perSecond: number;
  /** For each sample. */
  readonly cpuUs: number;
  /** The longest time that the engine's thread did nothing else. */
  readonly pauseMs: number;
}

/** From the first reading of what waits until nothing does; the scrapes that look are part of it. */
async function watchCatchUp(service: AntWatcher): Promise<CatchUp> {
  const waitingIn = (metrics: Samples) => sumOf(metrics, 'ant_watcher_outbox_samples');
  const count = waitingIn(await service.metrics());
  const startMs = performance.now();
  const startCpuMs = cpuMsOf(service.pid);
  let pauseMs = 0;
  for (let waiting = count; waiting > 0; ) {
    if (performance.now() - startMs > PATIENCE_MS) throw new Error('samples are not pushed');
    await sleep(POLL_MS);
    const metrics = await service.metrics();
    waiting = waitingIn(metrics);
    const delay = sumOf(metrics, 'nodejs_eventloop_lag_max_seconds', { thread: 'engine' });
    pauseMs = Math.max(pauseMs, 1000 * delay);
  }
  return {
    perSecond: (1000 * count) / (performance.now() - startMs),
    cpuUs: (1000 * (cpuMsOf(service.pid) - startCpuMs)) / count,
    pauseMs,
  };
}
