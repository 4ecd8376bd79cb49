import type { LoadProcess } from './load-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row, ratioText } from './report.ts';
import { type AntWatcher, openFolder, startService, storageUrl } from './servers.ts';
import { storeWorld } from './stored-world.ts';

export interface GrowthSizes {
  readonly rounds: number;
  /** In each round, for each service; three deliveries each. */
  readonly jobs: number;
  /** In the large database; 0: none is measured. */
  readonly storedJobs: number;
}

const CONNECTIONS = 256;
const BUDGET = 1.1;
const LABEL_SETS = [1, 1000, 20_000];
/** Where the database is large, and where it is not. */
const USUAL_LABEL_SETS = 1000;

interface Kind {
  readonly what: string;
  readonly labelSets: number;
  readonly service: AntWatcher;
  readonly cpuUs: number[];
}

/**
 * CPU per delivery with few and with many label sets, and on top of a large database, each compared with a service that
 * has little of it and takes turns with it.
 */
export async function measureGrowth(
  { rounds, jobs, storedJobs }: GrowthSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  await using opened = new AsyncDisposableStack();
  const start = async (what: string, labelSets: number, stored: number): Promise<Kind> => {
    const folder = opened.use(openFolder());
    const world = { completedJobs: stored, activeJobs: 0, seriesLines: 0 };
    if (stored > 0) progress(`storing ${numberText(stored)} jobs`);
    if (stored > 0) await storeWorld(storageUrl(folder.path), world);
    const service = opened.use(await startService(folder.path));
    return { what, labelSets, service, cpuUs: [] };
  };
  const kinds: Kind[] = [];
  for (const sets of LABEL_SETS) kinds.push(await start(`${numberText(sets)} label sets`, sets, 0));
  const large = `${numberText(storedJobs)} jobs stored`;
  if (storedJobs > 0) kinds.push(await start(large, USUAL_LABEL_SETS, storedJobs));
  // Once for each label set, and until the code is as fast as it gets.
  for (const kind of kinds) await cpuUsOf(kind, Math.max(jobs, kind.labelSets), load);
  for (let round = 1; round <= rounds; round += 1)
    for (const kind of kinds) {
      kind.cpuUs.push(await cpuUsOf(kind, jobs, load));
      progress(`growth: ${kind.what}: ${numberText(kind.cpuUs.at(-1) ?? 0)} µs`);
    }
  const [fewest, usual, most, stored] = kinds;
  const pairs = [[usual, fewest], [most, fewest], ...(stored === undefined ? [] : [[stored, usual]])];
  return pairs.flatMap(([kind, base]) => (kind && base ? [rowOf(kind, base)] : []));
}

async function cpuUsOf({ service, labelSets }: Kind, jobs: number, load: LoadProcess): Promise<number> {
  const beforeMs = cpuMsOf(service.pid);
  const order = { ports: [service.port], connections: CONNECTIONS, perSecond: null };
  const { sent, answered } = await load.send({ ...order, jobs, labelSets });
  if (answered[202] !== sent) throw new Error(`not all were accepted: ${JSON.stringify(answered)}`);
  await service.settled();
  return ((cpuMsOf(service.pid) - beforeMs) * 1000) / sent;
}

function rowOf(kind: Kind, base: Kind): Row {
  const ratios = kind.cpuUs.map((us, round) => us / (base.cpuUs[round] ?? Number.NaN));
  const [ours, floor] = [kind, base].map(({ cpuUs }) => numberText(medianOf(cpuUs)));
  const than = kind.labelSets === base.labelSets ? 'none' : numberText(base.labelSets);
  return {
    what: `CPU per delivery: ${kind.what} ÷ ${than}`,
    measured: ratioText(ratios, [`${ours} µs and ${floor} µs`]),
    budget: `≤ ${BUDGET} ×`,
    isMet: medianOf(ratios) <= BUDGET,
  };
}
