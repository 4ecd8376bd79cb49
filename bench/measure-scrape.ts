import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMsOf, exactCpuMsOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row, rangeText } from './report.ts';
import { openFolder, startService, storageUrl } from './servers.ts';
import { storeWorld } from './stored-world.ts';
import { type Pause, readPauses, watchedEnvironment } from './watch-pauses.ts';

const LINES = 100_000;
const ACTIVE_JOBS = 2000;
const BUDGET_CPU_MS = { plain: 50, gzip: 80 };
const BUDGET_PAUSE_MS = 20;
const WARM_UP = 5;
const AT_ONCE = 20;
const FIRSTS = 5;
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0';
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
  const pausesOf = await pausesOfScrapes(folder.path, scrapes);
  const firstMs = await cpuOfFirstScrapes(folder.path);
  const cpuRow = (what: string, budgetMs: number, { cpuMs, bytes }: ScrapeCost): Row => ({
    what: `CPU of a scrape of ${numberText(plain.lines)} series, ${what}`,
    measured: `${numberText(cpuMs)} ms (${numberText(bytes / 1e6, 1)} MB)`,
    budget: `≤ ${budgetMs} ms`,
    isMet: cpuMs <= budgetMs,
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
    cpuRow('plain', BUDGET_CPU_MS.plain, plain),
    cpuRow('gzip, no stored series has changed', BUDGET_CPU_MS.gzip, gzip),
    {
      what: 'the same, nothing of it is known from a scrape before',
      measured: `${numberText(medianOf(firstMs))} ms (${rangeText(firstMs)})`,
      budget: `≤ ${BUDGET_CPU_MS.gzip} ms`,
      isMet: medianOf(firstMs) <= BUDGET_CPU_MS.gzip,
    },
    {
      what: `CPU of ${AT_ONCE} scrapes at once, gzip`,
      measured: `${numberText(together.cpuMs)} ms (${numberText(together.cpuMs / gzip.cpuMs, 2)} times one)`,
      budget: `≤ ${BUDGET_CPU_MS.gzip} ms`,
      isMet: together.cpuMs <= BUDGET_CPU_MS.gzip,
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

/** Of the first in text and gzip in a process each, after others in text or in gzip. */
async function cpuOfFirstScrapes(folder: string): Promise<number[]> {
  const all: number[] = [];
  for (let time = 0; time < FIRSTS; time += 1) {
    await using service = await startService(folder);
    for (let i = 0; i < WARM_UP; i += 1) {
      await scrape(service.api, 'identity');
      await scrape(service.api, 'gzip', OPENMETRICS);
    }
    await sleep(REST_MS);
    const beforeMs = exactCpuMsOf(service.pid);
    await scrape(service.api, 'gzip');
    await sleep(REST_MS);
    all.push(exactCpuMsOf(service.pid) - beforeMs);
  }
  return all;
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
function scrape(api: string, encoding: string, accept = 'text/plain'): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(`${api}/metrics`, { headers: { accept, 'accept-encoding': encoding } }, (response) => {
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
