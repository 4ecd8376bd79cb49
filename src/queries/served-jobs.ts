import { LONGEST_RUN_MS } from '../domain/forgetting.ts';
import { rankOf } from '../domain/now-diff.ts';
import { type HistoryReader, NO_FILTERS, type OpenJob, type Window } from '../domain/queries.ts';

/** What is known of a job that runners of one kind had to do, or have to. */
export interface ServedJob {
  /** Since when it waited for a runner; null: not known. */
  arrivesAtMs: number | null;
  /** Null: no runner took it yet. */
  startsAtMs: number | null;
  /** Until now, if it still runs; null: not known. */
  durationMs: number | null;
  isOpen: boolean;
}

export interface ServedJobs {
  readonly jobs: readonly ServedJob[];
  /** What a runner costs, by what these jobs cost; null without a price. */
  readonly dollarsPerSecond: number | null;
}

type Jobs = Map<number, ServedJob>;

/**
 * The jobs that asked for exactly these labels and waited or ran in the window. Those that no runner took, and
 * none ever will, are not among them.
 */
export async function readServedJobs(
  reader: HistoryReader,
  window: Window,
  runsOn: string,
): Promise<ServedJobs> {
  const jobs: Jobs = new Map();
  const filters = { ...NO_FILTERS, runsOn: [runsOn] };
  // What waited or ran in the window may have started or ended after it.
  const later = { fromMs: window.fromMs, toMs: window.toMs + LONGEST_RUN_MS };
  for await (const batch of reader.startedJobs(later, filters, ['jobId', 'startedAtMs', 'queueMs']))
    for (let row = 0; row < batch.size; row += 1) {
      const job = jobOf(jobs, batch.jobId[row] as number);
      job.startsAtMs = batch.startedAtMs[row] as number;
      job.arrivesAtMs = job.startsAtMs - (batch.queueMs[row] as number);
    }
  let [billedSeconds, microDollars] = [0, 0];
  const ends = ['jobId', 'endedAtMs', 'durationMs', 'billedSeconds', 'microDollars'] as const;
  for await (const batch of reader.finishedJobs(later, filters, ends))
    for (let row = 0; row < batch.size; row += 1) {
      billedSeconds += batch.billedSeconds[row] as number;
      microDollars += batch.microDollars[row] as number;
      const durationMs = batch.durationMs[row] as number;
      if (Number.isNaN(durationMs)) continue;
      const job = jobOf(jobs, batch.jobId[row] as number);
      job.durationMs = durationMs;
      job.startsAtMs ??= (batch.endedAtMs[row] as number) - durationMs;
    }
  for (const job of await reader.openJobs(filters)) addOpen(jobs, job, reader.nowMs);
  const dollarsPerSecond = billedSeconds === 0 ? null : microDollars / 1e6 / billedSeconds;
  return { jobs: [...jobs.values()], dollarsPerSecond };
}

function jobOf(jobs: Jobs, jobId: number): ServedJob {
  const job = jobs.get(jobId) ?? { arrivesAtMs: null, startsAtMs: null, durationMs: null, isOpen: false };
  jobs.set(jobId, job);
  return job;
}

function addOpen(jobs: Jobs, { jobId, status, beganAtMs, isStale }: OpenJob, nowMs: number): void {
  const isRunning = status === 'in_progress';
  if (isStale || !(isRunning || rankOf(status) === 0)) return;
  const job = jobOf(jobs, jobId);
  job.isOpen = true;
  if (isRunning) {
    job.startsAtMs ??= beganAtMs;
    job.durationMs = Math.max(0, nowMs - job.startsAtMs);
  } else job.arrivesAtMs = beganAtMs;
}
