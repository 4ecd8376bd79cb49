import { type FactKind, type HistoryFilters, NO_FILTERS } from '../domain/queries.ts';
import { type FilterParts, idsOf, NAME_COLUMNS, type NameFilter, OF_JOB } from './fact-filters.ts';
import type { RunKeys } from './run-keys.ts';

/** What packed facts must have. */
export interface PackedFilter {
  /** The numbers that a column may have, by its name. */
  readonly ids: ReadonlyMap<string, ReadonlySet<number>>;
  /** Null: any. */
  readonly runs: RunKeys | null;
}

/**
 * The attempts of runs whose branch and event are among those; an empty list stands for all. Null: too many.
 */
export type RunsOf = (
  asked: Pick<HistoryFilters, 'branch' | 'event'>,
) => RunKeys | null | Promise<RunKeys | null>;

export interface PackedFilterParts extends FilterParts {
  readonly runsOf: RunsOf;
  readonly wordId: (word: string) => number;
}

/** As `factConditions` of packed facts; null where it is about what they do not hold. Meaningless if nothing can fit. */
export async function packedFilter(
  kind: FactKind,
  filters: HistoryFilters,
  parts: PackedFilterParts,
): Promise<PackedFilter | null> {
  const isRun = kind === 'finishedRuns';
  const given = (Object.keys(NO_FILTERS) as (keyof HistoryFilters)[]).filter(
    (filter) => filters[filter].length > 0,
  );
  const foreign: readonly (keyof HistoryFilters)[] = isRun
    ? OF_JOB
    : kind === 'finishedJobs'
      ? []
      : ['conclusion'];
  if (given.some((filter) => foreign.includes(filter))) return null;
  const ofRun = !isRun && given.some((filter) => filter === 'branch' || filter === 'event');
  const ids = new Map<string, ReadonlySet<number>>();
  for (const filter of given) {
    if (ofRun && (filter === 'branch' || filter === 'event')) continue;
    const column = filter === 'label' ? 'runsOn' : filter;
    const found = numbersOf(filter, filters[filter], parts);
    const earlier = ids.get(column);
    ids.set(column, new Set(earlier === undefined ? found : found.filter((id) => earlier.has(id))));
  }
  if (!ofRun) return { ids, runs: null };
  const runs = await parts.runsOf(filters);
  return runs === null ? null : { ids, runs };
}

function numbersOf(
  filter: keyof HistoryFilters,
  asked: readonly string[],
  parts: PackedFilterParts,
): readonly number[] {
  if (filter === 'conclusion') return asked.map(parts.wordId);
  return isName(filter) ? idsOf(filter, asked, parts) : parts.nameIds.ofNames(asked);
}

function isName(filter: keyof HistoryFilters): filter is NameFilter {
  return filter in NAME_COLUMNS;
}
