import type { EventSample } from '../../domain/event-sample.ts';
import type { Exemplar } from '../../domain/exemplar.ts';
import type { Increment, StoredCell } from '../../domain/metric.ts';
import type { JobNumber } from '../../domain/observation.ts';
import type { OthersChanges } from '../../domain/others-changes.ts';
import { parseStored } from '../stored-json.ts';
import type { NewSeries, SeriesIds } from './series-ids.ts';

/** Of the entries that this version writes. */
export const ENTRY_FORM = 1;

type Labelled = Pick<Increment, 'metric' | 'labels'>;

/** What a transaction adds to the numbers, and deletes of them. */
export interface NumberChanges {
  readonly increments: readonly Increment[];
  readonly samples: readonly EventSample[];
  readonly numbers: readonly JobNumber[];
  readonly removed: readonly Labelled[];
  readonly changesStates: boolean;
}

/** Of the cell at that position in `cells`. */
export type PackedExemplar = readonly [
  cell: number,
  runId: number,
  runAttempt: number,
  jobId: number | null,
  ms: number,
  atMs: number,
];

export function packedExemplar(
  cell: number,
  { runId, runAttempt, jobId, ms, atMs }: Exemplar,
): PackedExemplar {
  return [cell, runId, runAttempt, jobId, ms, atMs];
}

/** As JSON: names of fields once, series by their ids, and the names of those that are new. */
interface Packed {
  readonly series?: readonly NewSeries[];
  /** Series, cell and what was added, one after the other. */
  readonly cells?: readonly number[];
  readonly exemplars?: readonly PackedExemplar[];
  readonly samples?: readonly (readonly [metric: string, labels: readonly string[], atMs: number])[];
  readonly numbers?: readonly (readonly [string, readonly string[], number, number])[];
  readonly removed?: readonly (readonly [string, readonly string[]])[];
  readonly states?: 1;
}

export function packEntry(
  changes: NumberChanges,
  { series, cells, exemplars }: Required<Pick<Packed, 'series' | 'cells' | 'exemplars'>>,
): string {
  const { samples, numbers, removed, changesStates } = changes;
  return JSON.stringify({
    ...(series.length > 0 ? { series } : {}),
    ...(cells.length > 0 ? { cells } : {}),
    ...(exemplars.length > 0 ? { exemplars } : {}),
    ...(samples.length > 0
      ? { samples: samples.map(({ metric, labels, atMs }) => [metric, labels, atMs] as const) }
      : {}),
    ...(numbers.length > 0
      ? { numbers: numbers.map(({ metric, labels, value, atMs }) => [metric, labels, value, atMs] as const) }
      : {}),
    ...(removed.length > 0
      ? { removed: removed.map(({ metric, labels }) => [metric, labels] as const) }
      : {}),
    ...(changesStates ? { states: 1 } : {}),
  } satisfies Packed);
}

/** The changes of an entry; `ids` then knows its new series. */
export function readEntry(text: string, ids: SeriesIds): OthersChanges {
  const packed = parseStored<Packed>(text, 'changes');
  for (const each of packed.series ?? []) ids.add(each);
  const removed = (packed.removed ?? []).map(([metric, labels]) => ({ metric, labels }));
  const cells = cellsOf(packed.cells ?? [], packed.exemplars ?? [], ids);
  for (const each of removed) ids.remove(each);
  return {
    cells,
    samples: (packed.samples ?? []).map(([metric, labels, atMs]) => ({ metric, labels, atMs })),
    numbers: (packed.numbers ?? []).map(([metric, labels, value, atMs]) => ({ metric, labels, value, atMs })),
    removed,
    changesStates: packed.states === 1,
  };
}

function cellsOf(
  flat: readonly number[],
  exemplars: readonly PackedExemplar[],
  ids: SeriesIds,
): StoredCell[] {
  const byCell = new Map(
    exemplars.map(([cell, runId, runAttempt, jobId, ms, atMs]) => [
      cell,
      { exemplar: { runId, runAttempt, jobId, ms, atMs } },
    ]),
  );
  const cells: StoredCell[] = [];
  for (let at = 0; at < flat.length; at += 3) {
    const [id = 0, cell = 0, value = 0] = flat.slice(at, at + 3);
    cells.push({ ...ids.seriesOf(id), cell, value, ...byCell.get(at / 3) });
  }
  return cells;
}
