import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Service, startService } from '../test/service.ts';
import { CHANGES_PER_SECOND, makeChanges, openJobsOf } from './live-world.ts';
import { measureLivePage } from './measure-live-page.ts';
import { cpuMsOf } from './process-usage.ts';
import { numberText, type Progress, type Row } from './report.ts';

const SECONDS = 20;
const WARM_UP = 3;
const ANSWERS = 20;
const WIRE_BUDGET_BYTES = 10_000;
const ANSWER_BUDGET_MS = 100;
/** `LiveFeeds` rests for three times as long as it computes. */
const CPU_BUDGET = 0.25;

/** What one page of Now costs while so many jobs are open, and fifty change in each second. */
export async function measureLive(openJobs: number, progress: Progress): Promise<Row[]> {
  await using service = await startService();
  await openJobsOf(service, openJobs);
  await answerTimes(service, WARM_UP);
  const cpuMs = cpuMsOf(service.pid);
  const answers = await answerTimes(service, ANSWERS);
  const cpuEach = (cpuMsOf(service.pid) - cpuMs) / ANSWERS;
  progress(`now, ${numberText(openJobs)} open jobs: ${numberText(p95Of(answers))} ms`);
  const { bytesPerSecond, cpuShare } = await watch(service, openJobs);
  const what = `live: ${numberText(openJobs)} open jobs, ${CHANGES_PER_SECOND} changes a second`;
  return [
    {
      what: `now: ${numberText(openJobs)} open jobs, p95`,
      measured: `${numberText(p95Of(answers))} ms (${answers.length}; ${numberText(cpuEach)} ms of CPU)`,
      budget: `≤ ${ANSWER_BUDGET_MS} ms`,
      isMet: p95Of(answers) <= ANSWER_BUDGET_MS,
    },
    {
      what: `${what}, on the wire`,
      measured: `${numberText(bytesPerSecond / 1000, 1)} kB/s`,
      budget: `≤ ${WIRE_BUDGET_BYTES / 1000} kB/s`,
      isMet: bytesPerSecond <= WIRE_BUDGET_BYTES,
    },
    {
      what: `${what}, CPU with the webhooks`,
      measured: `${numberText(cpuShare * 100, 1)} % of a core`,
      budget: `≤ ${CPU_BUDGET * 100} %`,
      isMet: cpuShare <= CPU_BUDGET,
    },
    ...(await measureLivePage(service, { openJobs, after: SECONDS }, progress)),
  ];
}

async function answerTimes(service: Service, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const startMs = performance.now();
    await (await service.get('/api/v1/now')).arrayBuffer();
    times.push(performance.now() - startMs);
  }
  return times;
}

/** Reads a stream as a browser does, while the oldest jobs start and end and new ones come. */
async function watch(
  service: Service,
  openJobs: number,
): Promise<{ readonly bytesPerSecond: number; readonly cpuShare: number }> {
  const stream = await openStream(service);
  let bytes = 0;
  stream.on('data', (part: Buffer) => {
    bytes += part.length;
  });
  await sleep(2000);
  bytes = 0;
  const startMs = performance.now();
  const cpuMs = cpuMsOf(service.pid);
  await makeChanges(service, { openJobs, after: 0, seconds: SECONDS });
  const tookMs = performance.now() - startMs;
  stream.destroy();
  return {
    bytesPerSecond: (bytes / tookMs) * 1000,
    cpuShare: (cpuMsOf(service.pid) - cpuMs) / tookMs,
  };
}

function openStream(service: Service): Promise<IncomingMessage> {
  const headers = { 'Accept-Encoding': 'gzip' };
  return new Promise((resolve, reject) => {
    get(`${service.apiUrl}/api/v1/live`, { headers }, resolve).on('error', reject);
  });
}

function p95Of(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? Number.NaN;
}
