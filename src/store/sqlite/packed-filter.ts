import { type FactKind, type HistoryFilters, NO_FILTERS } from '../../domain/queries.ts';
import { type FilterParts, idsOf, NAME_COLUMNS, type NameFilter, OF_JOB } from '../fact-filters.ts';
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
export type RunsOf = (asked: Pick<HistoryFilters, 'branch' | 'event'>) => RunKeys | null;

/** As `factConditions` of packed facts; null where it is about what they do not hold. Meaningless if nothing can fit. */
export function packedFilter(
  kind: FactKind,
  filters: HistoryFilters,
  parts: FilterParts & { readonly runsOf: RunsOf },
): PackedFilter | null {
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
    const isName = (name: keyof HistoryFilters): name is NameFilter => name in NAME_COLUMNS;
    const found = isName(filter)
      ? idsOf(filter, filters[filter], parts)
      : parts.nameIds.ofNames(filters[filter]);
    const earlier = ids.get(column);
    ids.set(column, new Set(earlier === undefined ? found : found.filter((id) => earlier.has(id))));
  }
  if (!ofRun) return { ids, runs: null };
  const runs = parts.runsOf(filters);
  return runs === null ? null : { ids, runs };
}
