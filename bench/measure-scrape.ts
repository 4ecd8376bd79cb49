import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMsOf } from './process-usage.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { openFolder, startService, storageUrl } from './servers.ts';
import { storeWorld } from './stored-world.ts';
import { type Pause, readPauses, watchedEnvironment } from './watch-pauses.ts';

const LINES = 100_000;
const ACTIVE_JOBS = 2000;
const BUDGET_CPU_MS = 100;
const BUDGET_PAUSE_MS = 20;
const WARM_UP = 5;
const AT_ONCE = 20;
/** In times of one scrape. */
const BUDGET_AT_ONCE = 3;
/** Let the aftermath of a scrape (freeing memory) end before the next one. */
const REST_MS = 50;

/** What a scrape of many series costs, and how long it keeps each thread from other work. */
export async function measureScrape(scrapes: number, progress: Progress): Promise<Row[]> {
  using folder = openFolder();
  await storeWorld(storageUrl(folder.path), {
    completedJobs: 0,
    activeJobs: ACTIVE_JOBS,
    seriesLines: LINES,
  });
  const plain = await cpuOfScrapes(folder.path, scrapes, 'identity');
  const gzip = await cpuOfScrapes(folder.path, scrapes, 'gzip');
  progress(`scrape: ${numberText(plain.cpuMs)} ms of CPU, ${numberText(gzip.cpuMs)} ms with gzip`);
  const together = await cpuOfScrapes(folder.path, scrapes, 'gzip', AT_ONCE);
  const times = together.cpuMs / gzip.cpuMs;
  const pausesOf = await pausesOfScrapes(folder.path, scrapes);
  const cpuRow = (what: string, { cpuMs, bytes }: ScrapeCost): Row => ({
    what: `CPU of a scrape of ${numberText(plain.lines)} series, ${what}`,
    measured: `${numberText(cpuMs)} ms (${numberText(bytes / 1e6, 1)} MB)`,
    budget: `≤ ${BUDGET_CPU_MS} ms`,
    isMet: cpuMs <= BUDGET_CPU_MS,
  });
  const pauseRow = (thread: string): Row => {
    const own = pausesOf(thread);
    const { ms, cpuMs } = own[0] ?? { ms: 0, cpuMs: 0 };
    // What the program itself is responsible for, however busy the machine is.
    const mostCpuMs = Math.max(0, ...own.map((pause) => pause.cpuMs));
    return {
      what: `longest pause of the ${thread} thread in ${2 * scrapes} scrapes`,
      measured: `${numberText(ms, 1)} ms (${numberText(cpuMs, 1)} ms of CPU in it; the most CPU in any is ${numberText(mostCpuMs, 1)} ms)`,
      budget: `≤ ${BUDGET_PAUSE_MS} ms`,
      isMet: ms <= BUDGET_PAUSE_MS,
    };
  };
  return [
    cpuRow('plain', plain),
    cpuRow('gzip, as Prometheus asks', gzip),
    {
      what: `CPU of ${AT_ONCE} scrapes at once, gzip, ÷ one`,
      measured: `${numberText(times, 2)} (${numberText(together.cpuMs)} ms)`,
      budget: `≤ ${BUDGET_AT_ONCE}`,
      isMet: times <= BUDGET_AT_ONCE,
    },
    pauseRow('engine'),
    pauseRow('main'),
  ];
}

interface ScrapeCost {
  readonly cpuMs: number;
  readonly bytes: number;
  /** Lines of samples; 0 where the body is compressed. */
  readonly lines: number;
}

async function cpuOfScrapes(
  folder: string,
  scrapes: number,
  encoding: string,
  atOnce = 1,
): Promise<ScrapeCost> {
  await using service = await startService(folder);
  for (let i = 0; i < WARM_UP; i += 1) await scrape(service.api, encoding);
  await sleep(REST_MS);
  const beforeMs = cpuMsOf(service.pid);
  let body: Buffer = Buffer.alloc(0);
  for (let i = 0; i < scrapes; i += 1) {
    [body = body] = await Promise.all(Array.from({ length: atOnce }, () => scrape(service.api, encoding)));
    await sleep(REST_MS);
  }
  const cpuMs = (cpuMsOf(service.pid) - beforeMs) / scrapes;
  const lines =
    encoding === 'identity'
      ? body
          .toString()
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#')).length
      : 0;
  return { cpuMs, bytes: body.length, lines };
}

/** Both encodings in turn, in a process that also watches its event loops. Answers the pauses of a thread. */
async function pausesOfScrapes(
  folder: string,
  scrapes: number,
): Promise<(thread: string) => readonly Pause[]> {
  const file = join(folder, 'pauses');
  writeFileSync(file, '');
  await using service = await startService(folder, watchedEnvironment(file));
  for (let i = 0; i < WARM_UP; i += 1) await scrape(service.api, 'identity');
  await sleep(REST_MS);
  const startMs = Date.now();
  for (let i = 0; i < scrapes; i += 1) {
    await scrape(service.api, 'identity');
    await sleep(REST_MS);
    await scrape(service.api, 'gzip');
    await sleep(REST_MS);
  }
  return (thread) => readPauses(file, thread, startMs);
}

/** The body as sent: `fetch` would decompress it, on the cores that are measured. */
function scrape(api: string, encoding: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(`${api}/metrics`, { headers: { 'accept-encoding': encoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks));
        else reject(new Error(`/metrics answered ${response.statusCode}`));
      });
    }).on('error', reject);
  });
}
