import { setTimeout as sleep } from 'node:timers/promises';
import { storeHistory } from './history-world.ts';
import { cpuMsOf, residentBytesOf } from './process-usage.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { openFolder, startService, storageUrl } from './servers.ts';

const QUESTIONS = [
  ...['queues', 'queues?by=workflow', 'queues?repository=octo-org/repository-7', 'queues/jobs', 'load'],
  ...[
    'workflows',
    'workflows?branch=default',
    'jobs/summary',
    'jobs/summary?label=gpu',
    'jobs?status=completed',
  ],
  ...[
    'runs?status=completed',
    'runs?status=completed&branch=default',
    'failures',
    'cost',
    'cost?by=sku',
    'runners',
  ],
  ...['facets', 'facets?q=repo', 'capacity?runs_on=self-hosted,gpu'],
];
/** The budget of each window: the slowest question may take so long in 95 of 100 cases. */
const BUDGETS_MS: Readonly<Record<string, number>> = { '-1d': 100, '-7d': 100, '-30d': 250 };
const WARM_UP = 2;
const REST_MS = 20;
/** Retention deletes the very last. */
const MARGIN_MS = 60_000;
const MEMORY_BUDGET_BYTES = 16 * 1024 * 1024;

export interface ReadSizes {
  readonly jobs: number;
  /** How often each question is asked. */
  readonly times: number;
  /** How long after the last one it is measured what memory is given back; null: it is not. */
  readonly restMs: number | null;
}

interface Timing {
  readonly question: string;
  readonly p95Ms: number;
  readonly cpuMs: number;
}

/** How long each question of the page takes over a month of that many jobs, one after the other. */
export async function measureReadApi({ jobs, times, restMs }: ReadSizes, progress: Progress): Promise<Row[]> {
  using folder = openFolder();
  progress(`storing ${numberText(jobs)} jobs of a month`);
  await storeHistory(storageUrl(folder.path), jobs, Date.now() - MARGIN_MS);
  await using service = await startService(folder.path);
  await sleep(1000);
  const quiet = residentBytesOf(service.pid).now;
  const rows: Row[] = [];
  for (const [from, budgetMs] of Object.entries(BUDGETS_MS)) {
    const timings: Timing[] = [];
    for (const question of QUESTIONS) {
      timings.push(
        await timingOf(service, `${question}${question.includes('?') ? '&' : '?'}from=${from}`, times),
      );
      const { p95Ms, cpuMs } = timings.at(-1) as Timing;
      progress(`${question} ${from}: ${numberText(p95Ms)} ms, ${numberText(cpuMs)} ms of CPU`);
    }
    rows.push(rowOf(from, timings, jobs, budgetMs));
  }
  rows.push(memoryRow('after all questions', residentBytesOf(service.pid).now - quiet));
  if (restMs === null) return rows;
  await sleep(restMs);
  const given = `${restMs / 1000} s after the last question`;
  return [...rows, memoryRow(given, residentBytesOf(service.pid).now - quiet)];
}

async function timingOf(
  service: { pid: number; api: string },
  question: string,
  times: number,
): Promise<Timing> {
  const ask = async () => {
    const response = await fetch(`${service.api}/api/v1/${question}`);
    const body = await response.text();
    if (!response.ok) throw new Error(`${question}: ${response.status} ${body.slice(0, 200)}`);
  };
  for (let i = 0; i < WARM_UP; i += 1) await ask();
  const walls: number[] = [];
  const beforeMs = cpuMsOf(service.pid);
  for (let i = 0; i < times; i += 1) {
    const startMs = performance.now();
    await ask();
    walls.push(performance.now() - startMs);
    await sleep(REST_MS);
  }
  const sorted = walls.sort((a, b) => a - b);
  const p95Ms = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN;
  return { question, p95Ms, cpuMs: (cpuMsOf(service.pid) - beforeMs) / times };
}

function rowOf(from: string, timings: readonly Timing[], jobs: number, budgetMs: number): Row {
  const slowest = timings.toSorted((a, b) => b.p95Ms - a.p95Ms);
  const [first] = slowest;
  const over = slowest.filter(({ p95Ms }) => p95Ms > budgetMs).length;
  return {
    what: `read API, window ${from}, ${numberText(jobs)} jobs in 30 days: p95 of the slowest of ${timings.length} questions`,
    measured: `${numberText(first?.p95Ms ?? 0)} ms, ${numberText(first?.cpuMs ?? 0)} ms of CPU (${first?.question}); ${over} over the budget`,
    budget: `≤ ${budgetMs} ms`,
    isMet: over === 0,
  };
}

function memoryRow(when: string, more: number): Row {
  return {
    what: `read API: resident memory ${when}, more than before the first`,
    measured: `${numberText(more / 1024 / 1024)} MiB`,
    budget: '≤ 16 MiB',
    isMet: more <= MEMORY_BUDGET_BYTES,
  };
}
