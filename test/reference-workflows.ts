import { FAILURES, grouped, isHold } from './reference-model.ts';
import type { Numbers } from './reference-numbers.ts';
import type { RunReport } from './reference-reports.ts';

/** The state of workflows on default branches. */
export function countWorkflows(numbers: Numbers, runs: readonly RunReport[]): void {
  const latestOf = (id: number | null) => lastStarted(runs.filter(({ repositoryId }) => repositoryId === id));
  const ends = runs.filter((run) => run.status === 'completed' && run.branch === 'default' && !isHold(run));
  const attempts = grouped(ends, ({ run, attempt }) => `${run}/${attempt}`).map(([end]) => end as RunReport);
  for (const all of grouped(attempts, workflowOf)) {
    const [any] = all as [RunReport];
    const { repository } = latestOf(any.repositoryId);
    // Of all repositories with this name, it belongs to the one that ran last.
    const latest = new Set(runs.map(({ repositoryId }) => latestOf(repositoryId)));
    const owner = lastStarted([...latest].filter((run) => run.repository === repository));
    if (owner.repositoryId !== any.repositoryId) continue;
    const { workflow } = lastStarted(runs.filter((run) => workflowOf(run) === workflowOf(any)));
    const labels = { repository, workflow, file: any.file ?? 'unknown' };
    const endsMs = (list: readonly RunReport[]) => list.map(({ updatedMs }) => updatedMs ?? 0);
    const successMs = Math.max(0, ...endsMs(all.filter(({ conclusion }) => conclusion === 'success')));
    const failures = all.filter(({ conclusion }) => FAILURES.includes(conclusion));
    numbers.add('workflow_last_run_timestamp_seconds', labels, Math.max(...endsMs(all)) / 1000);
    if (successMs > 0) numbers.add('workflow_last_success_timestamp_seconds', labels, successMs / 1000);
    const since = endsMs(failures).filter((ms) => ms > successMs);
    numbers.add('workflow_consecutive_failures', labels, since.length);
  }
}

/** A repository is identified by its id, a workflow by its file. */
function workflowOf({ repositoryId, file, workflow }: RunReport): string {
  return `${repositoryId} ${file ?? workflow}`;
}

function lastStarted(runs: readonly RunReport[]): RunReport {
  const sorted = [...runs].sort(
    (a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0) || a.run - b.run || a.attempt - b.attempt,
  );
  return sorted.at(-1) as RunReport;
}
