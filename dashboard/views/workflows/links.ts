import { narrowedTo } from '../../state/grouping.ts';
import { linkTo } from '../../state/navigation.ts';

/* Where the numbers of workflows and jobs lead. The window stays. */

export const FAILURES = ['failure', 'timed_out', 'startup_failure'];

/** A workflow, a job of it, or whatever is in the repositories with a label (`LABEL=VALUE`). */
interface Place {
  readonly repository?: string | undefined;
  readonly workflow?: string | undefined;
  readonly job_name?: string | undefined;
  readonly repository_label?: string | undefined;
}

function filtersOf(place: Place, conclusion: readonly string[]) {
  const { repository, workflow, job_name, repository_label: label } = place;
  // Other filters stay.
  if (label !== undefined) return { repository_label: narrowedTo(label), conclusion };
  const listOf = (name: string | undefined) => (name === undefined ? [] : [name]);
  return {
    repository: listOf(repository),
    workflow: listOf(workflow),
    job_name: listOf(job_name),
    conclusion,
  };
}

/** The view of one workflow, or of those of a label. */
export function workflowHref({ repository, workflow, repository_label }: Place): string {
  const filters = filtersOf({ repository, workflow, repository_label }, []);
  return linkTo({ path: '/workflows', filters, own: { by: null, group_label: null, sort: null } });
}

/** The runs of a workflow that ended so; all of them without a conclusion. */
export function runsHref(
  place: Place,
  conclusion: readonly string[] = [],
  sort: string | null = null,
): string {
  return linkTo({ path: '/runs', filters: filtersOf(place, conclusion), own: { sort } });
}

/** The single jobs of a workflow, or of a name, that ended so. */
export function jobsHref(
  place: Place,
  conclusion: readonly string[] = [],
  sort: string | null = null,
): string {
  return linkTo({ path: '/jobs', filters: filtersOf(place, conclusion), own: { tab: 'single', sort } });
}

interface FailedSo {
  readonly cause: string;
  readonly step: string | null;
  readonly reason: string | null;
  readonly exit_code: number | null;
}

/** The jobs that failed at a step for a cause and a reason. */
export function failedJobsHref(place: Place, { cause, step, reason, exit_code }: FailedSo): string {
  const at = step === null ? { no_step: 'true', failed_step: null } : { no_step: null, failed_step: step };
  const why =
    reason === null
      ? { no_reason: 'true', reason: null, exit_code: null }
      : { no_reason: null, reason, exit_code: exit_code === null ? null : String(exit_code) };
  const own = { tab: 'failed', cause, sort: null, ...at, ...why };
  return linkTo({ path: '/jobs', filters: filtersOf(place, []), own });
}

/** How flaky the jobs of a name are, with the latest of them. */
export function flakyHref(place: Place): string {
  return linkTo({ path: '/jobs', filters: filtersOf(place, []), own: { tab: 'flaky', sort: null } });
}

/** What a workflow costs. */
export function costHref(place: Place): string {
  return linkTo({ path: '/cost', filters: filtersOf(place, []), own: { by: 'workflow' } });
}

/** The jobs of a workflow by name. */
export function jobNamesHref(place: Place): string {
  return linkTo({ path: '/jobs', filters: filtersOf(place, []) });
}

/** Why the jobs of a workflow, or of a name, failed. */
export function failuresHref(place: Place): string {
  return linkTo({ path: '/failures', filters: filtersOf(place, []) });
}

/** One run. */
export function runHref(runId: number): string {
  return `/runs/${runId}`;
}
