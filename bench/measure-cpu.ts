import type { LoadProcess } from './load-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row, ratioText } from './report.ts';
import {
  type AntWatcher,
  type Folder,
  openFolder,
  pushingTo,
  type Server,
  startBareHandler,
  startPushSink,
  startService,
} from './servers.ts';

/** Enough concurrent requests that all are always busy. */
const CONNECTIONS = 256;
const BUDGET = 1.6;
const BUDGET_AFTER_CRASH = 1.05;
/** Sent before the one is killed and the other stopped. */
const JOBS_BEFORE = 2000;

export interface CpuSizes {
  /**
   * The number of processes, because processes of the same program differ by some percent for as long as they
   * live.
   */
  readonly generations: number;
  /** Per generation, not counted: until the code is as fast as it gets. */
  readonly warmUpRounds: number;
  /** Per generation, counted. */
  readonly rounds: number;
  /** For each of those that take turns; three deliveries each. */
  readonly jobs: number;
}

/** Microseconds per delivery. */
interface Round {
  readonly bare: number;
  readonly ours: number;
  /** In the hour after a crash. */
  readonly crashed: number;
}

/**
 * CPU per delivery of the service, from the request to the end of its processing and of the push, compared with the
 * bare handler's, and that of a service which was killed just before with one which was not. They take turns, so that
 * other load on the machine affects all.
 */
export async function measureCpu(sizes: CpuSizes, load: LoadProcess, progress: Progress): Promise<Row[]> {
  const rounds: Round[] = [];
  for (let generation = 1; generation <= sizes.generations; generation += 1)
    rounds.push(...(await measureGeneration(sizes, load, progress)));
  const ratios = rounds.map(({ bare, ours }) => ours / bare);
  const afterCrash = rounds.map(({ ours, crashed }) => crashed / ours);
  const usText = (key: keyof Round): string => `${numberText(medianOf(rounds.map((each) => each[key])))} µs`;
  return [
    {
      what: 'CPU per delivery: durable, processed and pushed ÷ bare handler',
      measured: ratioText(ratios, [`${usText('ours')}, bare ${usText('bare')}`]),
      budget: `≤ ${BUDGET} ×`,
      isMet: medianOf(ratios) <= BUDGET,
    },
    {
      what: 'the same in the hour after `kill -9` ÷ without a crash',
      measured: ratioText(afterCrash, [usText('crashed')]),
      budget: `≤ ${BUDGET_AFTER_CRASH} ×`,
      isMet: medianOf(afterCrash) <= BUDGET_AFTER_CRASH,
    },
  ];
}

/** In new processes. */
async function measureGeneration(
  { warmUpRounds, rounds, jobs }: CpuSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Round[]> {
  using calmFolder = openFolder();
  using crashedFolder = openFolder();
  await using sink = await startPushSink();
  await using bare = await startBareHandler();
  const start = (folder: Folder) => startService(folder.path, pushingTo(sink));
  const before = { jobs: JOBS_BEFORE, load };
  await startAndSend(
    before,
    () => start(calmFolder),
    async (service) => service[Symbol.asyncDispose](),
  );
  await startAndSend(
    before,
    () => start(crashedFolder),
    (service) => service.kill(),
  );
  await using calm = await start(calmFolder);
  await using crashed = await start(crashedFolder);
  const measured: Round[] = [];
  for (let round = 1; round <= warmUpRounds + rounds; round += 1) {
    const each = {
      bare: await microsecondsPerDelivery(load, bare, jobs),
      ours: await microsecondsPerDelivery(load, calm, jobs, calm),
      crashed: await microsecondsPerDelivery(load, crashed, jobs, crashed),
    };
    if (round <= warmUpRounds) continue;
    measured.push(each);
    const [ours, afterCrash, floor] = [each.ours, each.crashed, each.bare].map((us) => numberText(us, 1));
    progress(`CPU: ${ours} µs, after a crash ${afterCrash} µs, bare handler ${floor} µs`);
  }
  return measured;
}

/** Starts a service and ends it when its last delivery has been answered. */
async function startAndSend(
  { jobs, load }: { readonly jobs: number; readonly load: LoadProcess },
  start: () => Promise<AntWatcher>,
  end: (service: AntWatcher) => Promise<void>,
): Promise<void> {
  const service = await start();
  await load.send({ ports: [service.port], jobs, connections: CONNECTIONS, perSecond: null });
  await end(service);
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
