import type { LoadProcess } from './load-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row } from './report.ts';
import { type AntWatcher, openFolder, type Server, startBareHandler, startService } from './servers.ts';

/** Enough concurrent requests that both are always busy. */
const CONNECTIONS = 256;

export interface CpuSizes {
  /**
   * The number of processes, because processes of the same program differ by some percent for as long as they
   * live.
   */
  readonly generations: number;
  /** Per generation, not counted: until the code is as fast as it gets. */
  readonly warmUpPairs: number;
  /** Per generation, counted. */
  readonly pairs: number;
  /** In each half of a pair; three deliveries each. */
  readonly jobs: number;
}

interface Pair {
  readonly bare: number;
  readonly ours: number;
}

/**
 * CPU per delivery of the service, from the request to the end of its processing, compared with the bare
 * handler's. They take turns, so that other load on the machine affects both.
 */
export async function measureCpu(sizes: CpuSizes, load: LoadProcess, progress: Progress): Promise<Row[]> {
  const measured: Pair[] = [];
  for (let generation = 1; generation <= sizes.generations; generation += 1) {
    measured.push(...(await measureGeneration(sizes, load, progress)));
  }
  const ratios = measured.map(({ bare, ours }) => ours / bare);
  const ratio = medianOf(ratios);
  const ours = medianOf(measured.map((each) => each.ours));
  const floor = medianOf(measured.map((each) => each.bare));
  return [
    {
      what: 'CPU per delivery: durable and processed ÷ bare handler',
      measured: `${numberText(ratio, 2)} × (${numberText(Math.min(...ratios), 2)} to ${numberText(Math.max(...ratios), 2)}; ${numberText(ours)} µs, bare ${numberText(floor)} µs)`,
      budget: '≤ 2 ×',
      isMet: ratio <= 2,
    },
  ];
}

/** Microseconds per delivery, in new processes. */
async function measureGeneration(
  { warmUpPairs, pairs, jobs }: CpuSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Pair[]> {
  using folder = openFolder();
  await using bare = await startBareHandler();
  await using service = await startService(folder.path);
  const measured: Pair[] = [];
  for (let pair = 1; pair <= warmUpPairs + pairs; pair += 1) {
    const each = {
      bare: await microsecondsPerDelivery(load, bare, jobs),
      ours: await microsecondsPerDelivery(load, service, jobs, service),
    };
    if (pair <= warmUpPairs) continue;
    measured.push(each);
    progress(`CPU: ${numberText(each.ours, 1)} µs, bare handler ${numberText(each.bare, 1)} µs`);
  }
  return measured;
}

async function microsecondsPerDelivery(
  load: LoadProcess,
  server: Server,
  jobs: number,
  service?: AntWatcher,
): Promise<number> {
  const beforeMs = cpuMsOf(server.pid);
  const { sent, answered } = await load.send({
    ports: [server.port],
    jobs,
    connections: CONNECTIONS,
    perSecond: null,
  });
  if (answered[202] !== sent) throw new Error(`not all were accepted: ${JSON.stringify(answered)}`);
  await service?.settled();
  return ((cpuMsOf(server.pid) - beforeMs) * 1000) / sent;
}
