import type { Run } from '../../simulator/model.ts';
import type { OldNumbers } from './old-numbers.ts';
import { jobsOf } from './world-words.ts';

/** Counts a run under the names of promhippie/github_exporter. */
export function countPromhippie(numbers: OldNumbers, run: Run, endMs: number, nowMs: number): void {
  for (const job of jobsOf(run, endMs, nowMs)) {
    if (!job.isCompleted) continue;
    const { conclusion } = job;
    const place = { owner: job.owner, repo: job.repo, workflow_name: job.workflow, conclusion };
    const named = { ...place, name: job.name };
    numbers.add('github_workflow_job_completed_total', named);
    if (job.durationMs !== null) {
      const seconds = Math.max(0, job.durationMs / 1000);
      numbers.add('github_workflow_job_duration_seconds_total', named, seconds);
    }
    if (job.queueMs === null) continue;
    const grouped = { ...place, runner_group_name: job.group };
    numbers.add('github_workflow_job_queued_total', grouped);
    const seconds = Math.max(0, job.queueMs / 1000);
    numbers.add('github_workflow_job_queue_duration_seconds_total', grouped, seconds);
  }
}
