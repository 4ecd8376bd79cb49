import type { LoadProcess } from './load-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row } from './report.ts';
import { type AntWatcher, openFolder, type Server, startBareHandler, startService } from './servers.ts';

/** Enough under way at a time that both are busy without a break. */
const CONNECTIONS = 256;
const WARM_UP_JOBS = 8000;

export interface CpuSizes {
  readonly pairs: number;
  /** In each half of a pair; three deliveries each. */
  readonly jobs: number;
}

/**
 * CPU for each delivery of the service, from the request to the end of its processing, next to the bare handler's. Both run
 * all the time and take turns, so that what else the machine does meets both.
 */
export async function measureCpu(
  { pairs, jobs }: CpuSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  using folder = openFolder();
  await using bare = await startBareHandler();
  await using service = await startService(folder.path);
  await microsecondsPerDelivery(load, bare, WARM_UP_JOBS);
  await microsecondsPerDelivery(load, service, WARM_UP_JOBS, service);
  const measured: { bare: number; ours: number }[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    const each = {
      bare: await microsecondsPerDelivery(load, bare, jobs),
      ours: await microsecondsPerDelivery(load, service, jobs, service),
    };
    measured.push(each);
    progress(
      `CPU, pair ${pair} of ${pairs}: ${numberText(each.ours, 1)} µs, bare handler ${numberText(each.bare, 1)} µs`,
    );
  }
  const ratio = medianOf(measured.map(({ bare, ours }) => ours / bare));
  const ours = medianOf(measured.map((each) => each.ours));
  const floor = medianOf(measured.map((each) => each.bare));
  return [
    {
      what: 'CPU per delivery: durable and processed ÷ bare handler',
      measured: `${numberText(ratio, 2)} × (${numberText(ours)} µs ÷ ${numberText(floor)} µs)`,
      budget: '≤ 2 ×',
      isMet: ratio <= 2,
    },
  ];
}

async function microsecondsPerDelivery(
  load: LoadProcess,
  server: Server,
  jobs: number,
  service?: AntWatcher,
): Promise<number> {
  const beforeMs = cpuMsOf(server.pid);
  const { sent, answered } = await load.send({
    port: server.port,
    jobs,
    connections: CONNECTIONS,
    perSecond: null,
  });
  if (answered[202] !== sent) throw new Error(`not all were accepted: ${JSON.stringify(answered)}`);
  await service?.settled();
  return ((cpuMsOf(server.pid) - beforeMs) * 1000) / sent;
}
