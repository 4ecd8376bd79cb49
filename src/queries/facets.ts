import type { Facets, FacetValue } from '../domain/openapi-types.ts';
import {
  type HistoryFilters,
  type HistoryReader,
  NO_FILTERS,
  type OpenJob,
  type TextColumn,
  type Window,
} from '../domain/queries.ts';
import type { LabelledRepositories } from '../domain/repository-labels.ts';
import { headOf } from './answer.ts';

/*
 * Values to filter by: of what ended in the window, and of what is open now.
 */

export interface FacetsQuery {
  readonly window: Window;
  /** A part of the names to find; empty: any. */
  readonly text: string;
  /** Narrows everything but the repositories themselves. */
  readonly repository: readonly string[];
}

const MOST = 50;
const RUN_COLUMNS = ['repository', 'workflow', 'branch', 'event'] as const;
const JOB_COLUMNS = ['jobName', 'runsOn', 'runnerGroup'] as const;
type RunColumn = (typeof RUN_COLUMNS)[number];
type JobColumn = (typeof JOB_COLUMNS)[number];
type Counts<Column extends string> = Readonly<Record<Column, ReadonlyMap<string, number>>>;

export async function facets(reader: HistoryReader, query: FacetsQuery): Promise<Facets> {
  const { window, text, repository } = query;
  const filters: HistoryFilters = { ...NO_FILTERS, repository };
  const runs = await countRuns(reader, window, filters);
  const { repository: repositories } =
    repository.length === 0 ? runs : await countRuns(reader, window, NO_FILTERS);
  const jobs = await countJobs(reader, window, filters);
  const open = await reader.openJobs(filters);
  const everywhere = repository.length === 0 ? open : await reader.openJobs(NO_FILTERS);
  const best = (counts: ReadonlyMap<string, number>, also: readonly string[]) => bestOf(counts, also, text);
  return {
    ...headOf(reader, window, null),
    repositories: best(repositories, valuesOf(everywhere, 'repository')),
    repository_labels: labelFacets((await reader.repositoryLabels())?.repositories, repositories, best),
    workflows: best(runs.workflow, valuesOf(open, 'workflow')),
    job_names: best(jobs.jobName, valuesOf(open, 'jobName')),
    runs_on: best(jobs.runsOn, valuesOf(open, 'runsOn')),
    labels: best(labelsOf(jobs.runsOn), valuesOf(open, 'runsOn').flatMap(splitLabels)),
    runner_groups: best(jobs.runnerGroup, valuesOf(open, 'runnerGroup')),
    branches: best(withAllBases(runs.branch), []),
    events: best(runs.event, []),
  };
}

/** Each label with its values, by the runs of the repositories that have them. They are found as `team=web`, too. */
function labelFacets(
  labelled: LabelledRepositories | undefined,
  runs: ReadonlyMap<string, number>,
  best: (counts: ReadonlyMap<string, number>, also: readonly string[]) => readonly FacetValue[],
): Facets['repository_labels'] {
  const counts = new Map<string, Map<string, number>>();
  for (const [name, labels] of labelled ?? []) {
    for (const { label, value } of labels) {
      const ofLabel = counts.get(label) ?? new Map<string, number>();
      counts.set(label, ofLabel);
      ofLabel.set(value, (ofLabel.get(value) ?? 0) + (runs.get(name) ?? 0));
    }
  }
  return Array.from(counts, ([label, values]) => {
    const pairs = new Map(Array.from(values, ([value, times]) => [`${label}=${value}`, times]));
    const found = best(pairs, []).map(({ name, runs: times }) => ({
      name: name.slice(label.length + 1),
      runs: times,
    }));
    return { label, values: found };
  });
}

async function countRuns(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<Counts<RunColumn>> {
  const counts = { repository: new Map(), workflow: new Map(), branch: new Map(), event: new Map() };
  for await (const batch of reader.finishedRuns(window, filters, RUN_COLUMNS))
    for (const name of RUN_COLUMNS) count(counts[name], batch[name], batch.size);
  return named(reader, counts);
}

async function countJobs(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<Counts<JobColumn>> {
  const counts = { jobName: new Map(), runsOn: new Map(), runnerGroup: new Map() };
  for await (const batch of reader.finishedJobs(window, filters, JOB_COLUMNS))
    for (const name of JOB_COLUMNS) count(counts[name], batch[name], batch.size);
  return named(reader, counts);
}

function count(counts: Map<number, number>, column: TextColumn, size: number): void {
  for (let row = 0; row < size; row += 1) {
    const id = column[row] ?? 0;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
}

/** The counts by text. */
async function named<Column extends string>(
  reader: HistoryReader,
  counts: Readonly<Record<Column, ReadonlyMap<number, number>>>,
): Promise<Counts<Column>> {
  const columns = Object.entries<ReadonlyMap<number, number>>(counts);
  const names = await reader.texts(new Set(columns.flatMap(([, byId]) => [...byId.keys()])));
  const texts = columns.map(([column, byId]) => [
    column,
    new Map(Array.from(byId, ([id, times]) => [names.get(id) ?? '', times])),
  ]);
  return Object.fromEntries(texts) as Counts<Column>;
}

/** `pull_request` stands for those of every base. */
function withAllBases(branches: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const counts = new Map(branches);
  for (const [name, times] of branches) {
    const [all = '', base] = name.split(':');
    if (base !== undefined) counts.set(all, (counts.get(all) ?? 0) + times);
  }
  return counts;
}

function labelsOf(runsOn: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [text, times] of runsOn)
    for (const label of splitLabels(text)) counts.set(label, (counts.get(label) ?? 0) + times);
  return counts;
}

function splitLabels(runsOn: string): readonly string[] {
  return runsOn === 'none' ? [] : [...new Set(runsOn.split(','))];
}

function valuesOf(
  open: readonly OpenJob[],
  field: 'repository' | 'workflow' | 'jobName' | 'runsOn' | 'runnerGroup',
): string[] {
  return [...new Set(open.map((job) => job[field]))].filter((text) => text !== 'unknown');
}

/** The most used of the names that begin with `text`, then of those that contain it. */
function bestOf(
  counts: ReadonlyMap<string, number>,
  also: readonly string[],
  text: string,
): readonly FacetValue[] {
  const wanted = text.toLowerCase();
  const all = new Map([...also.map((name) => [name, 0] as const), ...counts]);
  all.delete('');
  return Array.from(all, ([name, runs]) => ({ name, runs, rank: rankOf(name.toLowerCase(), wanted) }))
    .filter(({ rank }) => rank < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.rank - b.rank || b.runs - a.runs || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ name, runs }) => ({ name, runs }));
}

/** A repository also begins with its name behind the owner's, and a label of repositories with its value. */
function rankOf(name: string, wanted: string): number {
  const at = name.indexOf(wanted);
  if (at < 0) return Number.POSITIVE_INFINITY;
  return at === 0 || name.includes(`/${wanted}`) || name.includes(`=${wanted}`) ? 0 : 1;
}
