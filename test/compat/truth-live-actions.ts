import type { Run } from '../../simulator/model.ts';
import type { OldNumbers } from './old-numbers.ts';
import { jobsOf } from './world-words.ts';

const BOUNDS = [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600];

/** Counts a run under the names of gateixeira/live-actions. */
export function countLiveActions(numbers: OldNumbers, run: Run, endMs: number, nowMs: number): void {
  for (const status of ['queued', 'in_progress'])
    numbers.add('github_runners_jobs', { job_status: status }, 0);
  for (const job of jobsOf(run, endMs, nowMs)) {
    const label = job.runsOn.split(',')[0] ?? '';
    if (job.queueMs !== null)
      numbers.observe('github_runners_queue_duration_seconds', { label }, BOUNDS, job.queueMs);
    if (job.isCompleted) numbers.add('github_runners_job_conclusions_total', { conclusion: job.conclusion });
    if (job.activeAs !== 'queued' && job.activeAs !== 'in_progress') continue;
    numbers.add('github_runners_jobs', { job_status: job.activeAs });
    numbers.add('github_runners_jobs_by_label', { label, job_status: job.activeAs });
  }
}
