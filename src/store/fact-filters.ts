import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import type { FactKind, HistoryFilters } from '../domain/queries.ts';
import type { Conditions } from './job-filters.ts';

/*
 * The filters of facts, which mean the same as those of the list of jobs (job-filters.ts). Names are resolved
 * to their numbers first. What a fact does not hold itself is looked up in its job or run.
 */

/** Finds names, by which filters ask, among those that facts may have. */
export interface NameIds {
  /** The numbers of names that are any of these. */
  ofNames(names: readonly string[]): number[];
  /** The numbers of names that fit. `like`: a text that is in all that do. */
  ofNamesLike(like: string, fits: (name: string) => boolean): number[];
}

/** What filters need to know. */
export interface FilterParts {
  readonly nameIds: NameIds;
  readonly labelPatterns?: LabelPatterns;
}

type Filter = keyof HistoryFilters;

/** The filters that are about names, and the column of each. */
export const NAME_COLUMNS = {
  repository: 'repository',
  workflow: 'workflow',
  jobName: 'job_name',
  runsOn: 'runs_on',
  label: 'runs_on',
  runnerGroup: 'runner_group',
} as const satisfies Partial<Record<Filter, string>>;
export type NameFilter = keyof typeof NAME_COLUMNS;

const OF_BOTH: readonly NameFilter[] = ['repository', 'workflow'];
/** Of what runs do not have themselves. */
export const OF_JOB: readonly NameFilter[] = ['jobName', 'runsOn', 'label', 'runnerGroup'];
const OF_RUN = ['branch', 'event'] as const;

/** What holds of rows of such a fact that fit; null: none can. The table is called `fact`. */
export function factConditions(
  kind: FactKind,
  filters: HistoryFilters,
  parts: FilterParts,
): Conditions | null {
  const own = namedConditions('fact', OF_BOTH, filters, parts);
  const ofJob = namedConditions(kind === 'finishedRuns' ? 'other' : 'fact', OF_JOB, filters, parts);
  if (own === null || ofJob === null) return null;
  const ofRun = OF_RUN.filter((filter) => filters[filter].length > 0);
  const found =
    kind === 'finishedRuns'
      ? [
          ...own,
          ...(ofJob.length === 0 ? [] : [ofAnyJob(ofJob)]),
          ...ofRun.map((each) => runIn('fact', each, filters)),
        ]
      : [...own, ...ofJob, ...(ofRun.length === 0 ? [] : [ofItsRun(ofRun, filters)])];
  if (filters.conclusion.length > 0) found.push(conclusionOf(kind, filters.conclusion));
  return { sql: found.join(' AND ') || 'TRUE', values: valuesOf(filters) };
}

/** Null: there is no such name. */
function namedConditions(
  table: string,
  names: readonly NameFilter[],
  filters: HistoryFilters,
  parts: FilterParts,
): string[] | null {
  const found: string[] = [];
  for (const filter of names) {
    if (filters[filter].length === 0) continue;
    const ids = idsOf(filter, filters[filter], parts);
    if (ids.length === 0) return null;
    found.push(`${table}.${NAME_COLUMNS[filter]} IN (${ids.join(', ')})`);
  }
  return found;
}

/** The numbers of the names that a filter selects. */
export function idsOf(
  filter: NameFilter,
  asked: readonly string[],
  { nameIds, labelPatterns }: FilterParts,
): number[] {
  if (filter === 'label')
    return asked.flatMap((label) => nameIds.ofNamesLike(label, (name) => name.split(',').includes(label)));
  const ids = nameIds.ofNames(asked);
  for (const text of filter === 'repository' ? asked.filter((each) => each.endsWith('/*')) : []) {
    const owner = text.slice(0, -1);
    ids.push(...nameIds.ofNamesLike(owner, (name) => name.startsWith(owner)));
  }
  const label = NAME_COLUMNS[filter];
  if (labelPatterns?.has(label) === true) {
    const folded = (name: string) => foldedLabels(labelPatterns, [label], [name])[0] ?? name;
    ids.push(...nameIds.ofNamesLike('', (name) => asked.includes(folded(name))));
  }
  return [...new Set(ids)];
}

/** All of it holds of one job of the run. */
function ofAnyJob(conditions: readonly string[]): string {
  return `EXISTS (SELECT 1 FROM jobs JOIN finished_job_facts AS other
    ON other.job_id = jobs.job_id AND other.ended_at_ms = COALESCE(jobs.completed_at_ms, jobs.status_at_ms)
    WHERE jobs.run_id = fact.run_id AND jobs.run_attempt = fact.run_attempt AND ${conditions.join(' AND ')})`;
}

function ofItsRun(asked: readonly (typeof OF_RUN)[number][], filters: HistoryFilters): string {
  return `EXISTS (SELECT 1 FROM runs WHERE runs.run_id = fact.run_id AND runs.run_attempt = fact.run_attempt
    AND ${asked.map((filter) => `runs.${filter} IN (${parametersOf(filter, filters[filter])})`).join(' AND ')})`;
}

/** The column of the fact of a run has the number of the name. */
function runIn(table: string, filter: (typeof OF_RUN)[number], filters: HistoryFilters): string {
  return `${table}.${filter} IN (SELECT id FROM names WHERE name IN (${parametersOf(filter, filters[filter])}))`;
}

/** The conclusion of the job for what is not its end. */
function conclusionOf(kind: FactKind, asked: readonly string[]): string {
  const among = `IN (${parametersOf('conclusion', asked)})`;
  return kind === 'finishedJobs' || kind === 'finishedRuns'
    ? `fact.conclusion ${among}`
    : `EXISTS (SELECT 1 FROM jobs WHERE jobs.job_id = fact.job_id AND jobs.status = 'completed'
        AND COALESCE(jobs.conclusion, 'unknown') ${among})`;
}

function parametersOf(filter: Filter, asked: readonly string[]): string {
  return asked.map((_, index) => `:${filter}${index}`).join(', ');
}

function valuesOf(filters: HistoryFilters): Record<string, string> {
  const asked = (['branch', 'event', 'conclusion'] as const).flatMap((filter) =>
    filters[filter].map((text, index) => [`${filter}${index}`, text] as const),
  );
  return Object.fromEntries(asked);
}
