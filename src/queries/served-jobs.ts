import { LONGEST_RUN_MS } from '../domain/forgetting.ts';
import { rankOf } from '../domain/now-diff.ts';
import {
  type Batch,
  type FinishedJobColumns,
  type HistoryReader,
  NO_FILTERS,
  type OpenJob,
  type Window,
} from '../domain/queries.ts';
import { TupleIds } from './tuple-ids.ts';

const FIRST_SIZE = 1024;

/**
 * What is known of jobs that runners of one kind had to do, or have to: each has an index from 0 on. NaN: not
 * known.
 */
export class ServedJobs {
  readonly #ids = new TupleIds();
  /** Since when it waited for a runner. */
  arrivesAtMs = new Float64Array(FIRST_SIZE);
  /** When a runner took it; NaN also if none did yet. */
  startsAtMs = new Float64Array(FIRST_SIZE);
  /** Until now, if it still runs. */
  durationMs = new Float64Array(FIRST_SIZE);
  isOpen = new Uint8Array(FIRST_SIZE);

  get size(): number {
    return this.#ids.size;
  }

  /** Nothing is known of it at first. */
  indexOf(jobId: number): number {
    const known = this.#ids.size;
    const index = this.#ids.idOf(jobId | 0, Math.floor(jobId / 2 ** 32));
    if (index < known) return index;
    if (index === this.isOpen.length) this.#grow();
    this.arrivesAtMs[index] = Number.NaN;
    this.startsAtMs[index] = Number.NaN;
    this.durationMs[index] = Number.NaN;
    return index;
  }

  #grow(): void {
    const { arrivesAtMs, startsAtMs, durationMs, isOpen } = this;
    const size = 2 * isOpen.length;
    this.arrivesAtMs = new Float64Array(size);
    this.startsAtMs = new Float64Array(size);
    this.durationMs = new Float64Array(size);
    this.isOpen = new Uint8Array(size);
    this.arrivesAtMs.set(arrivesAtMs);
    this.startsAtMs.set(startsAtMs);
    this.durationMs.set(durationMs);
    this.isOpen.set(isOpen);
  }
}

/**
 * The jobs that asked for exactly these labels and waited or ran in the window. Those that no runner took, and
 * none ever will, are not among them. And what a runner costs, by what these jobs cost; null without a price.
 */
export async function readServedJobs(
  reader: HistoryReader,
  window: Window,
  runsOn: string,
): Promise<{ readonly jobs: ServedJobs; readonly dollarsPerSecond: number | null }> {
  const jobs = new ServedJobs();
  const filters = { ...NO_FILTERS, runsOn: [runsOn] };
  // What waited or ran in the window may have started or ended after it.
  const later = { fromMs: window.fromMs, toMs: window.toMs + LONGEST_RUN_MS };
  for await (const batch of reader.startedJobs(later, filters, ['jobId', 'startedAtMs', 'queueMs']))
    for (let row = 0; row < batch.size; row += 1) {
      const job = jobs.indexOf(batch.jobId[row] as number);
      const startMs = batch.startedAtMs[row] as number;
      jobs.startsAtMs[job] = startMs;
      jobs.arrivesAtMs[job] = startMs - (batch.queueMs[row] as number);
    }
  let [billedSeconds, microDollars] = [0, 0];
  for await (const batch of reader.finishedJobs(later, filters, ENDS)) {
    for (let row = 0; row < batch.size; row += 1) {
      billedSeconds += batch.billedSeconds[row] as number;
      microDollars += batch.microDollars[row] as number;
    }
    addEnds(jobs, batch);
  }
  for (const job of await reader.openJobs(filters)) addOpen(jobs, job, reader.nowMs);
  return { jobs, dollarsPerSecond: billedSeconds === 0 ? null : microDollars / 1e6 / billedSeconds };
}

const ENDS = ['jobId', 'endedAtMs', 'durationMs', 'billedSeconds', 'microDollars'] as const;

function addEnds(jobs: ServedJobs, batch: Batch<FinishedJobColumns, (typeof ENDS)[number]>): void {
  const { jobId, endedAtMs, durationMs } = batch;
  for (let row = 0; row < batch.size; row += 1) {
    const lastedMs = durationMs[row] as number;
    if (Number.isNaN(lastedMs)) continue;
    const job = jobs.indexOf(jobId[row] as number);
    jobs.durationMs[job] = lastedMs;
    if (Number.isNaN(jobs.startsAtMs[job])) jobs.startsAtMs[job] = (endedAtMs[row] as number) - lastedMs;
  }
}

function addOpen(jobs: ServedJobs, { jobId, status, beganAtMs, isStale }: OpenJob, nowMs: number): void {
  const isRunning = status === 'in_progress';
  if (isStale || !(isRunning || rankOf(status) === 0)) return;
  const job = jobs.indexOf(jobId);
  jobs.isOpen[job] = 1;
  if (!isRunning) {
    jobs.arrivesAtMs[job] = beganAtMs;
    return;
  }
  if (Number.isNaN(jobs.startsAtMs[job])) jobs.startsAtMs[job] = beganAtMs;
  jobs.durationMs[job] = Math.max(0, nowMs - (jobs.startsAtMs[job] as number));
}
