import type { LabelPatterns } from '../../domain/label-patterns.ts';
import type { HistoryFilters } from '../../domain/queries.ts';
import { type FilterParts, NAME_COLUMNS, type NameFilter, type NameIds } from '../fact-filters.ts';
import type { Session } from './session.ts';
import { storable } from './sql-reader.ts';
import { statement } from './statement.ts';

const NAMES = statement(
  `SELECT name, id FROM names WHERE name = ANY ($1::text[])
     OR EXISTS (SELECT FROM unnest($2::text[]) AS part WHERE strpos(name, part) > 0)`,
);

/** Finds what the filters of one question need to know. */
export type FilterPartsOf = (filters: HistoryFilters) => Promise<FilterParts>;

export function openFilterParts(session: Session, labelPatterns: LabelPatterns | undefined): FilterPartsOf {
  // The same filters are asked about again and again.
  const known = new WeakMap<HistoryFilters, Promise<NameIds>>();
  return async (filters) => {
    const names = known.get(filters) ?? readNames(session, filters, labelPatterns);
    known.set(filters, names);
    const patterns = labelPatterns === undefined ? {} : { labelPatterns };
    return { nameIds: await names, ...patterns };
  };
}

/** The numbers of all names that the filters may be about, before they are asked for one by one. */
async function readNames(
  session: Session,
  filters: HistoryFilters,
  labelPatterns: LabelPatterns | undefined,
): Promise<NameIds> {
  const asked = (Object.keys(NAME_COLUMNS) as NameFilter[]).filter((filter) => filters[filter].length > 0);
  // Facts of runs have numbers of these as well.
  const exact = [...asked, 'branch' as const, 'event' as const].flatMap((filter) => filters[filter]);
  const parts = [
    ...filters.label,
    ...filters.repository.filter((text) => text.endsWith('/*')).map((text) => text.slice(0, -1)),
    // Any name may be one that a pattern folds.
    ...(asked.some((filter) => labelPatterns?.has(NAME_COLUMNS[filter])) ? [''] : []),
  ];
  const rows =
    exact.length === 0
      ? []
      : await session.arrays<NameRow>(NAMES, [exact.map(storable), parts.map(storable)]);
  const ids = new Map(rows);
  return {
    ofNames: (names) => names.flatMap((name) => ids.get(storable(name)) ?? []),
    ofNamesLike: (_, fits) => rows.filter(([name]) => fits(name)).map(([, id]) => id),
  };
}

type NameRow = readonly [name: string, id: number];
