import type { RunJob } from '../../../src/domain/openapi-types.ts';
import type { Step } from './segments.ts';

/* The rows of the waterfall. Pure: no browser. */

export type Row =
  | { readonly kind: 'group'; readonly id: string; readonly name: string; readonly jobs: readonly RunJob[] }
  | { readonly kind: 'job'; readonly id: string; readonly job: RunJob; readonly level: 1 | 2 }
  | { readonly kind: 'details'; readonly id: string; readonly job: RunJob; readonly level: 2 | 3 }
  | {
      readonly kind: 'step';
      readonly id: string;
      readonly job: RunJob;
      readonly step: Step;
      readonly level: 2 | 3;
    };

/** A matrix of so many jobs is folded at first, or any if the whole run has many. */
const FOLDED = 5;
const MANY = 40;

/** Which rows are not as they are at first: open ones of those that are closed, and the other way round. */
export type Turned = ReadonlySet<string>;

/**
 * Jobs in the order of their creation; those of a matrix are under their common name. An open job shows where
 * it ran, and its steps.
 */
export function rowsOf(jobs: readonly RunJob[], turned: Turned): Row[] {
  const groups = Map.groupBy(jobs, ({ job_name: name }) => name);
  return [...groups].flatMap(([name, members]): Row[] => {
    const [first] = members;
    if (members.length === 1 && first !== undefined) return rowsOfJob(first, turned, 1);
    const group: Row = { kind: 'group', id: groupId(name), name, jobs: members };
    const rows = isGroupOpen(name, jobs, turned) ? members.flatMap((job) => rowsOfJob(job, turned, 2)) : [];
    return [group, ...rows];
  });
}

/** Whether the jobs of a matrix are shown. */
export function isGroupOpen(name: string, jobs: readonly RunJob[], turned: Turned): boolean {
  const members = jobs.filter((job) => job.job_name === name).length;
  const isOpenAtFirst = members < FOLDED && jobs.length < MANY;
  return isOpenAtFirst !== turned.has(groupId(name));
}

export function groupId(name: string): string {
  return `matrix ${name}`;
}

export function jobRowId(jobId: number): string {
  return `job ${jobId}`;
}

export function stepRowId(jobId: number, number: number): string {
  return `step ${jobId} ${number}`;
}

function rowsOfJob(job: RunJob, turned: Turned, level: 1 | 2): Row[] {
  const id = jobRowId(job.job_id);
  const row: Row = { kind: 'job', id, job, level };
  if (!turned.has(id)) return [row];
  const inside = (level + 1) as 2 | 3;
  const steps = (job.steps ?? []).map(
    (step): Row => ({ kind: 'step', id: stepRowId(job.job_id, step.number), job, step, level: inside }),
  );
  return [row, { kind: 'details', id: `details ${job.job_id}`, job, level: inside }, ...steps];
}

/** From worst to best; what is not here counts for nothing. */
const WORST = [
  ...['failure', 'timed_out', 'startup_failure', 'stale', 'unknown'],
  ...['in_progress', 'queued', 'requested', 'waiting', 'pending'],
  ...['cancelled', 'action_required', 'neutral', 'success'],
];

/** The conclusion or status that a group shows: the worst of its jobs. */
export function worstOf(jobs: readonly RunJob[]): string {
  const values = new Set(jobs.map(({ conclusion, status }) => conclusion ?? status));
  return WORST.find((value) => values.has(value)) ?? 'skipped';
}
