import type { LoadProcess } from './load-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row, rangeText } from './report.ts';
import { openFolder, startBareHandler, startService } from './servers.ts';

const PER_SECOND = 4000;
const BUDGET_MS = 15;
/** Enough that a request is hardly ever late because all connections are busy. */
const CONNECTIONS = 256;
const WARM_UP_JOBS = 4000;

export interface AnswerSizes {
  readonly rounds: number;
  /** In each round, for each of the two; three deliveries each. */
  readonly jobs: number;
}

/** The response time at a fixed rate, from the moment each request was due; the bare handler's in turns with it. */
export async function measureAnswer(
  { rounds, jobs }: AnswerSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  using folder = openFolder();
  await using bare = await startBareHandler();
  await using service = await startService(folder.path);
  const send = (port: number, count: number) =>
    load.send({ ports: [port], jobs: count, connections: CONNECTIONS, perSecond: PER_SECOND });
  for (const { port } of [bare, service]) await send(port, WARM_UP_JOBS);
  const [floor, ours] = [[] as number[], [] as number[]];
  const [middles, longest, cpuUs] = [[] as number[], [] as number[], [] as number[]];
  for (let round = 1; round <= rounds; round += 1) {
    floor.push((await send(bare.port, jobs)).latencyMs.p99);
    const beforeMs = cpuMsOf(service.pid);
    const { answered, sent, latencyMs } = await send(service.port, jobs);
    await service.settled();
    if (answered[202] !== sent) throw new Error(`not all were accepted: ${JSON.stringify(answered)}`);
    cpuUs.push(((cpuMsOf(service.pid) - beforeMs) * 1000) / sent);
    ours.push(latencyMs.p99);
    middles.push(latencyMs.p50);
    longest.push(latencyMs.max);
    progress(`answer: p99 ${numberText(latencyMs.p99, 1)} ms at ${numberText(PER_SECOND)}/s`);
  }
  const p99 = medianOf(ours);
  const details = [
    rangeText(ours, 1),
    `median ${numberText(medianOf(middles), 1)} ms, longest ${numberText(Math.max(...longest), 1)} ms`,
    `bare handler's p99 ${numberText(medianOf(floor), 1)} ms`,
  ];
  return [
    {
      what: `p99 of the time to the answer at ${numberText(PER_SECOND)}/s`,
      measured: `${numberText(p99, 1)} ms (${details.join('; ')})`,
      budget: `≤ ${BUDGET_MS} ms`,
      isMet: p99 <= BUDGET_MS,
    },
    {
      what: 'CPU per delivery at that rate',
      measured: `${numberText(medianOf(cpuUs))} µs (${rangeText(cpuUs)})`,
      budget: '',
    },
  ];
}
