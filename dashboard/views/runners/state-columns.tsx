import type { Column } from '../../components/data-table/data-table.tsx';
import { Place } from '../../components/place.tsx';
import { formatCount, formatPercent } from '../../format/number.ts';

/** What the tables of runners have in common. */
interface Counted {
  readonly owner: string;
  readonly online: number;
  readonly busy: number;
  readonly offline: number;
  readonly saturation: number | null;
}

export function nameColumn<Row extends Counted>(title: string, nameOf: (row: Row) => string): Column<Row> {
  return {
    ...{ id: 'name', title, sort: nameOf },
    cell: (row) => <Place name={nameOf(row)} within={[row.owner]} />,
  };
}

export function countColumn<Row>(
  id: 'online' | 'busy' | 'idle' | 'offline' | 'in_progress',
  title: string,
  countOf: (row: Row) => number,
): Column<Row> {
  const cell = (row: Row) => formatCount(countOf(row));
  return { id, title, definition: id, isNumber: true, sort: countOf, cell };
}

export const STATE_COLUMNS: readonly Column<Counted>[] = [
  countColumn('online', 'Online', ({ online }) => online),
  countColumn('busy', 'Busy', ({ busy }) => busy),
  countColumn('idle', 'Idle', ({ online, busy }) => online - busy),
  countColumn('offline', 'Offline', ({ offline }) => offline),
  {
    ...({ id: 'saturation', title: 'Saturation', definition: 'saturation', isNumber: true } as const),
    sort: ({ saturation }) => saturation,
    cell: ({ saturation }) => (
      <span class="saturation">
        {formatPercent(saturation)}
        <svg viewBox="0 0 64 6" aria-hidden="true">
          <rect class="saturation-room" width="64" height="6" rx="3" />
          <rect class="mark" data-kind="running" width={64 * (saturation ?? 0)} height="6" rx="3" />
        </svg>
      </span>
    ),
  },
];
