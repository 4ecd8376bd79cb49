import type { Run } from '../../simulator/model.ts';
import { branchOf, placeOf } from '../../simulator/truth-reported.ts';
import type { OldNumbers } from './old-numbers.ts';
import { jobsOf, reportedRun } from './world-words.ts';

/** As Go computes `ExponentialBuckets(1, 1.4, 30)`. */
const BOUNDS: number[] = [];
for (let bound = 1; BOUNDS.length < 30; bound *= 1.4) BOUNDS.push(bound);

/** Counts a run under the names of cpanato/github_actions_exporter. */
export function countCpanato(numbers: OldNumbers, run: Run, endMs: number, nowMs: number): void {
  countRuns(numbers, run, endMs);
  for (const job of jobsOf(run, endMs, nowMs)) {
    const known = { org: job.owner, repo: job.repo, branch: job.branch, workflow_name: job.workflow };
    const named = { ...known, job_name: job.name };
    const labels = { ...named, runner_group: job.group };
    const ended = { ...labels, status: 'completed', conclusion: job.conclusion };
    const observe = (state: string, ms: number) =>
      numbers.observe('workflow_job_duration_seconds', { ...labels, state }, BOUNDS, ms);
    if (job.wasQueued) numbers.add('workflow_job_status_count', { ...named, status: 'queued' });
    if (job.queueMs !== null) {
      observe('queued', job.queueMs);
      numbers.add('workflow_job_status_count', { ...labels, status: 'in_progress' });
    }
    if (!job.isCompleted) continue;
    numbers.add('workflow_job_status_count', ended);
    if (job.durationMs === null) continue;
    observe('in_progress', job.durationMs);
    numbers.add('workflow_job_duration_seconds_total', ended, Math.max(0, job.durationMs / 1000));
  }
}

function countRuns(numbers: OldNumbers, run: Run, endMs: number): void {
  const { workflow } = placeOf(run);
  const { owner, name } = run.repository;
  const labels = { org: owner.login, repo: name, branch: branchOf(run), workflow_name: workflow };
  for (const attempt of run.attempts) {
    const { isSeen, hasBegun, end } = reportedRun(attempt, endMs);
    if (isSeen) numbers.add('workflow_status_count', { ...labels, status: 'queued' });
    if (hasBegun) numbers.add('workflow_status_count', { ...labels, status: 'in_progress' });
    if (end === null) continue;
    const { conclusion } = end;
    numbers.add('workflow_status_count', { ...labels, status: 'completed', conclusion });
    numbers.observe('workflow_execution_time_seconds', { ...labels, conclusion }, BOUNDS, end.durationMs);
  }
}
