import type { LoadProcess } from './load-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { openFolder, startService } from './servers.ts';

/** Half of the rate that must be sustained. */
const PER_SECOND = 4000;
const BUDGET_MS = 25;
/** Enough that a request is hardly ever late because all connections are busy. */
const CONNECTIONS = 256;
const WARM_UP_JOBS = 4000;

/** The response time at a fixed rate, from the moment each request was due. */
export async function measureAnswer(jobs: number, load: LoadProcess, progress: Progress): Promise<Row[]> {
  using folder = openFolder();
  await using service = await startService(folder.path);
  const order = { ports: [service.port], connections: CONNECTIONS, perSecond: PER_SECOND };
  await load.send({ ...order, jobs: WARM_UP_JOBS });
  const beforeMs = cpuMsOf(service.pid);
  const { answered, sent, latencyMs } = await load.send({ ...order, jobs });
  await service.settled();
  if (answered[202] !== sent) throw new Error(`not all were accepted: ${JSON.stringify(answered)}`);
  const cpuMs = cpuMsOf(service.pid) - beforeMs;
  const { p50, p99, max } = latencyMs;
  progress(`answer: p99 ${numberText(p99, 1)} ms at ${numberText(PER_SECOND)}/s`);
  return [
    {
      what: `p99 of the time to the answer at ${numberText(PER_SECOND)}/s`,
      measured: `${numberText(p99, 1)} ms (median ${numberText(p50, 1)} ms, longest ${numberText(max, 1)} ms)`,
      budget: `≤ ${BUDGET_MS} ms`,
      isMet: p99 <= BUDGET_MS,
    },
    {
      what: 'CPU per delivery at that rate',
      measured: `${numberText((cpuMs * 1000) / sent)} µs`,
      budget: '',
    },
  ];
}
