import type { Run } from '../../simulator/model.ts';
import type { OldNumbers } from './old-numbers.ts';
import { jobsOf } from './world-words.ts';

const BOUNDS = [
  0.01, 0.05, 0.1, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100,
  110, 120, 150, 180, 210, 240, 300, 360, 420, 480, 540, 600, 900, 1200, 1800, 2400, 3000, 3600,
];

/** Counts a run under the names of ARC's actions-metrics-server. */
export function countArc(numbers: OldNumbers, run: Run, endMs: number, nowMs: number): void {
  for (const job of jobsOf(run, endMs, nowMs)) {
    const labels = {
      ...{ runs_on: job.runsOn, job_name: job.name, repository: job.repo, owner: job.owner },
      ...{ repository_full_name: job.fullName, workflow_name: job.workflow, head_branch: job.branch },
    };
    const ended = { ...labels, job_conclusion: job.conclusion };
    if (job.wasQueued) numbers.add('github_workflow_jobs_queued_total', labels);
    if (job.queueMs !== null) {
      numbers.add('github_workflow_jobs_started_total', labels);
      numbers.observe('github_workflow_job_queue_duration_seconds', labels, BOUNDS, job.queueMs);
    }
    if (!job.isCompleted) continue;
    numbers.add('github_workflow_jobs_completed_total', labels);
    numbers.add('github_workflow_job_conclusions_total', ended);
    if (job.conclusion === 'failure') {
      const failed = { ...labels, failed_step: job.failedStep, exit_code: 'na' };
      numbers.add('github_workflow_job_failures_total', failed);
    }
    if (job.durationMs !== null)
      numbers.observe('github_workflow_job_run_duration_seconds', ended, BOUNDS, job.durationMs);
  }
}
