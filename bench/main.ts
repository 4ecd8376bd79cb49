import { parseArgs } from 'node:util';
import { IS_LONG_FORM, peerPath } from '../test/peers.ts';
import { leaveNothingBehind } from './left-overs.ts';
import { type LoadProcess, startLoadProcess } from './load-process.ts';
import { describeMachine, watchOthers } from './machine.ts';
import { type AnswerSizes, measureAnswer } from './measure-answer.ts';
import { type ChurnSizes, measureChurn } from './measure-churn.ts';
import { type ClientSizes, measureClients } from './measure-clients.ts';
import { type CpuSizes, measureCpu } from './measure-cpu.ts';
import { type FeatureSizes, measureFeatures } from './measure-features.ts';
import { measureFlood } from './measure-flood.ts';
import { type GroupSizes, measureGroups } from './measure-groups.ts';
import { type GrowthSizes, measureGrowth } from './measure-growth.ts';
import { type HeldSizes, measureHeld } from './measure-held.ts';
import { type LimitSizes, measureLimits } from './measure-limits.ts';
import { measureLive } from './measure-live.ts';
import { measureMemory } from './measure-memory.ts';
import { measurePage } from './measure-page.ts';
import { measurePeers, type PeerSizes } from './measure-peers.ts';
import { measurePush, type PushSizes } from './measure-push.ts';
import { measureRate, type RateSizes } from './measure-rate.ts';
import { measureReadApi, type ReadSizes } from './measure-read-api.ts';
import { measureReplicas, type ReplicaSizes } from './measure-replicas.ts';
import { measureScrape } from './measure-scrape.ts';
import { measureStart, type StartSizes } from './measure-start.ts';
import { type Progress, type Row, tableOf } from './report.ts';
import { openFolder, storageUrl } from './servers.ts';
import { storeWorld } from './stored-world.ts';

/*
 * `npm run bench`: measures the budgets and prints one table of them. docs/performance.md explains the rows.
 */

const USAGE = `Usage: npm run bench -- [--quick | --full] [--only PART]…

  --quick      in less than a minute; no start with a large database
  --full       every job of the memory row comes in as webhooks, instead of most being stored before, and growth is
               measured on top of 10,000,000 jobs; takes long
  --only PART  cpu, rate, answer, flood, scrape, push, start, read, page, live, clients,
               features, replicas, held, growth, peers, limits or memory; may be repeated;
               peers only if it is named, or if ANT_WATCHER_TEST_LONG is set
`;

interface Sizes {
  readonly cpu: CpuSizes;
  readonly rate: RateSizes;
  readonly answer: AnswerSizes;
  /** Sent in each of three runs, during a flood. */
  readonly floodJobs: number;
  readonly scrapes: number;
  readonly push: PushSizes;
  readonly start: StartSizes;
  readonly read: ReadSizes;
  /** While a page shows what waits and runs. */
  readonly openJobs: number;
  /** While pages are open. */
  readonly clients: ClientSizes;
  /** On a database server. */
  readonly groups: GroupSizes;
  readonly features: FeatureSizes;
  readonly replicas: ReplicaSizes;
  readonly held: HeldSizes;
  /** How often the page is opened. */
  readonly pageViews: number;
  /** Beside programs of others. */
  readonly peers: PeerSizes;
  readonly growth: GrowthSizes;
  readonly churn: ChurnSizes;
  /** In the database before memory is measured. */
  readonly storedJobs: number;
  /** Received while memory is measured. */
  readonly memoryJobs: number;
  /** Received where memory is limited. */
  readonly limits: LimitSizes;
}

const DEFAULT: Sizes = {
  cpu: { generations: 3, warmUpRounds: 2, rounds: 3, jobs: 8000 },
  rate: { rounds: 5, jobs: 12_000 },
  answer: { rounds: 5, jobs: 8000 },
  floodJobs: 4000,
  scrapes: 20,
  push: { samples: 1_000_000, rounds: 3 },
  start: { rounds: 15, jobs: 10_000, storedJobs: 1_000_000 },
  // The thread that reads ends after half a minute, and V8 gives pages back ten seconds later.
  read: { jobs: 1_000_000, times: 20, restMs: 60_000 },
  openJobs: 10_000,
  clients: { jobs: 20_000, pairs: 4 },
  held: { steps: 5, deliveries: 20_000 },
  features: { rounds: 6, deliveries: 6000 },
  groups: { rounds: 5, deliveries: { 150: 12_000, 20: 8000, 1: 1000 } },
  replicas: { rounds: 3, warmUpJobs: 2000, rateJobs: 6000, answerJobs: 4000 },
  peers: { rounds: 4, jobs: 6000 },
  growth: { rounds: 4, jobs: 8000, storedJobs: 1_000_000 },
  churn: { rounds: 4, deliveriesPerDay: 2000 },
  pageViews: 10,
  storedJobs: 1_000_000,
  memoryJobs: 60_000,
  limits: { steadyJobs: 5000, burstJobs: 5000 },
};
const QUICK: Sizes = {
  cpu: { generations: 1, warmUpRounds: 2, rounds: 3, jobs: 3000 },
  rate: { rounds: 3, jobs: 4000 },
  answer: { rounds: 3, jobs: 3000 },
  floodJobs: 1000,
  scrapes: 10,
  push: { samples: 200_000, rounds: 1 },
  start: { rounds: 5, jobs: 3000, storedJobs: 0 },
  read: { jobs: 100_000, times: 5, restMs: null },
  openJobs: 1000,
  clients: { jobs: 4000, pairs: 3 },
  held: { steps: 3, deliveries: 2000 },
  features: { rounds: 4, deliveries: 1500 },
  groups: { rounds: 2, deliveries: { 150: 6000, 20: 4000, 1: 300 } },
  replicas: { rounds: 1, warmUpJobs: 1000, rateJobs: 1000, answerJobs: 1000 },
  peers: { rounds: 2, jobs: 2000 },
  growth: { rounds: 2, jobs: 3000, storedJobs: 0 },
  churn: { rounds: 3, deliveriesPerDay: 500 },
  pageViews: 3,
  storedJobs: 0,
  memoryJobs: 20_000,
  limits: { steadyJobs: 1000, burstJobs: 1000 },
};
const FULL: Sizes = {
  ...DEFAULT,
  storedJobs: 0,
  memoryJobs: 1_000_000,
  growth: { ...DEFAULT.growth, storedJobs: 10_000_000 },
  churn: { rounds: 6, deliveriesPerDay: 10_000 },
};

type Part = (sizes: Sizes, load: LoadProcess, progress: Progress) => Promise<Row[]>;

const PARTS: Readonly<Record<string, Part>> = {
  cpu: ({ cpu }, load, progress) => measureCpu(cpu, load, progress),
  rate: ({ rate }, load, progress) => measureRate(rate, load, progress),
  answer: ({ answer }, load, progress) => measureAnswer(answer, load, progress),
  flood: ({ floodJobs }, load, progress) => measureFlood(floodJobs, load, progress),
  scrape: ({ scrapes }, _, progress) => measureScrape(scrapes, progress),
  push: ({ push }, _, progress) => measurePush(push, progress),
  start: ({ start }, load, progress) => measureStart(start, load, progress),
  read: ({ read }, _, progress) => measureReadApi(read, progress),
  page: ({ pageViews }, _, progress) => measurePage(pageViews, progress),
  live: ({ openJobs }, _, progress) => measureLive(openJobs, progress),
  clients: ({ clients }, load, progress) => measureClients(clients, load, progress),
  features: ({ features }, _, progress) => measureFeatures(features, progress),
  replicas: async ({ groups, replicas }, load, progress) => [
    ...(await measureGroups(groups, progress)),
    ...(await measureReplicas(replicas, load, progress)),
  ],
  held: ({ held }, _, progress) => measureHeld(held, progress),
  growth: async ({ growth, churn }, load, progress) => [
    ...(await measureGrowth(growth, load, progress)),
    ...(await measureChurn(churn, progress)),
  ],
  peers: ({ peers }, load, progress) => measurePeers(peers, load, progress),
  limits: ({ limits }, load, progress) => measureLimits(limits, load, progress),
  memory: measureStored,
};

/** Memory, on top of many stored jobs. */
async function measureStored(
  { storedJobs, memoryJobs }: Sizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  using folder = openFolder();
  const url = storageUrl(folder.path);
  if (storedJobs > 0) progress(`storing ${storedJobs} jobs`);
  await storeWorld(url, { completedJobs: storedJobs, activeJobs: 0, seriesLines: 0 });
  return await measureMemory({ folder: folder.path, storedJobs, jobs: memoryJobs }, load, progress);
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      only: {
        type: 'string',
        multiple: true,
        default: Object.keys(PARTS).filter((name) => name !== 'peers' || IS_LONG_FORM),
      },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(USAGE);
  // Reported now, and not after everything else was measured.
  if (values.only.includes('push')) peerPath('victoria-metrics');
  leaveNothingBehind();
  const sizes = values.full ? FULL : values.quick ? QUICK : DEFAULT;
  const startMs = performance.now();
  const progress: Progress = (text) => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    process.stderr.write(`${seconds.padStart(4)} s  ${text}\n`);
  };
  const machine = describeMachine();
  const { rows, others } = await measureParts(values.only, sizes, progress);
  say(`\n${machine} Other programs took of the cores meanwhile: ${others.join(', ')}.\n\n${tableOf(rows)}`);
}

/** The rows of all parts, and how much each was disturbed. */
async function measureParts(
  names: readonly string[],
  sizes: Sizes,
  progress: Progress,
): Promise<{ rows: Row[]; others: string[] }> {
  await using load = startLoadProcess();
  const rows: Row[] = [];
  const others: string[] = [];
  for (const name of names) {
    const measure = PARTS[name];
    if (measure === undefined) throw new Error(`unknown part ${name}\n\n${USAGE}`);
    progress(`${name} …`);
    const shareOfOthers = watchOthers(load.pid);
    rows.push(...(await measure(sizes, load, progress)));
    others.push(`${name} ${(100 * shareOfOthers()).toFixed(0)} %`);
  }
  return { rows, others };
}

function say(text: string): void {
  process.stdout.write(text);
}

if (import.meta.main) await main(process.argv.slice(2));
