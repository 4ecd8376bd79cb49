import type {
  Batch,
  FactColumns,
  FactKind,
  HistoryFilters,
  ReadFacts,
  Window,
} from '../../domain/queries.ts';
import { factConditions } from '../fact-filters.ts';
import { FACT_TABLES, type FactColumn, timeNameOf } from '../fact-tables.ts';
import { HOUR_MS } from '../hours.ts';
import type { Conditions } from '../job-filters.ts';
import { type PackedFilter, packedFilter, type RunsOf } from '../packed-filter.ts';
import { type Part, partsOf } from '../packed-parts.ts';
import { type PackedHour, PackedReading } from '../packed-reading.ts';
import type { SqlReader } from '../sql-reader.ts';
import { columnOf, columnsSql, type Values } from './fact-columns.ts';
import type { FilterPartsOf } from './fact-filters.ts';
import { fetchColumns, type PackedColumns, packedHoursIn } from './read-packed.ts';
import type { Session } from './session.ts';

/**
 * So many rows are looked at in one go, so that no statement takes long. All that happened in the same millisecond is
 * in one batch.
 */
const ROWS = 8192;
/** So many facts of packed hours are asked for at once: more memory, but fewer round trips. */
const PACKED_ROWS = 131_072;

export interface FactParts {
  readonly session: Session;
  readonly sql: SqlReader;
  readonly filterPartsOf: FilterPartsOf;
  readonly runsOf: RunsOf;
  readonly wordId: (word: string) => number;
  /** Called between two batches. May throw. */
  readonly giveWay: () => Promise<void>;
}

/** Where the next batch begins, and what is in this one: of each column, all values. */
type Answer = readonly [endMs: number, size: number, ...values: Values[]];
/** What was read of the table, or batches of packed hours. */
type Loaded =
  | { readonly answer: Answer }
  | { readonly columns: PackedColumns; readonly batches: readonly (readonly PackedHour[])[] };

interface Asked {
  readonly kind: FactKind;
  readonly shapes: readonly FactColumn[];
  readonly names: readonly string[];
  readonly conditions: Conditions;
  /** Null: what is packed does not tell. */
  readonly filter: PackedFilter | null;
}

/** Prepares the readings of facts of one kind. */
export function openReadFacts<Kind extends FactKind>(
  kind: Kind,
  parts: FactParts,
): ReadFacts<FactColumns[Kind]> {
  const columns = new Map(Object.entries<FactColumn>(FACT_TABLES[kind].columns));
  const isNumber = (name: string) => columns.get(name)?.holds === 'number';

  return async function* read(window, filters, names) {
    const shapes = names.map((name) => FACT_TABLES[kind].columns[name]);
    const hours = packedHoursIn(parts.session, kind, window);
    hours.catch(() => undefined);
    const found = await conditionsOf(kind, filters, parts);
    if (found === null) return;
    const { filter } = found;
    const asked: Asked = { kind, shapes, names, ...found };
    let current: PackedColumns | null = null;
    const bytesOf = (name: string, hour: number) => (current as PackedColumns).bytesOf(name, hour);
    const source = { bytesOf, timeName: timeNameOf(kind), isNumber };
    using reading = new PackedReading(source, names, filter ?? NO_FILTER);
    const timesAndHours = [...partsOf(window, filter === null ? [] : await hours)];
    for await (const loaded of oneAhead(load(timesAndHours, asked, parts))) {
      if ('columns' in loaded) current = loaded.columns;
      const batches =
        'columns' in loaded
          ? loaded.batches.map((batch) => () => reading.read(batch))
          : [() => tableColumns(loaded.answer, shapes, parts.wordId)];
      for (const read of batches) {
        const { size, columns: filled } = read();
        if (size > 0)
          yield {
            size,
            ...Object.fromEntries(names.map((name, at) => [name, filled[at]])),
          } as unknown as Batch<FactColumns[Kind], (typeof names)[number]>;
        await parts.giveWay();
      }
    }
  };
}

const NO_FILTER: PackedFilter = { ids: new Map(), runs: null };

async function conditionsOf(
  kind: FactKind,
  filters: HistoryFilters,
  { filterPartsOf, runsOf, wordId }: FactParts,
): Promise<Pick<Asked, 'conditions' | 'filter'> | null> {
  const filterParts = await filterPartsOf(filters);
  const conditions = factConditions(kind, filters, filterParts);
  if (conditions === null) return null;
  return { conditions, filter: await packedFilter(kind, filters, { ...filterParts, runsOf, wordId }) };
}

function tableColumns(
  [, size, ...values]: Answer,
  shapes: readonly FactColumn[],
  wordId: FactParts['wordId'],
) {
  return { size, columns: shapes.map((shape, at) => columnOf(values[at] ?? null, shape, wordId)) };
}

/** Reads one after the other. */
async function* load(
  parts: readonly Part[],
  asked: Asked,
  { session, sql }: FactParts,
): AsyncGenerator<Loaded> {
  for (const group of inGroups(parts)) {
    if ('batches' in group) {
      const { batches } = group;
      yield { columns: await loadPacked(session, batches, asked), batches };
      continue;
    }
    const { fromMs, toMs } = group.window;
    const select = selectOf(asked);
    for (let startMs = fromMs; startMs < toMs; ) {
      const values = { ...asked.conditions.values, fromMs: startMs, toMs };
      const [answer] = await sql.arrays<Answer>(select, values);
      if (answer === undefined) throw new Error('An aggregate has no row.');
      yield { answer };
      [startMs] = answer;
    }
  }
}

type Group = { readonly window: Window } | { readonly batches: (readonly PackedHour[])[] };

/** Packed hours that follow each other, as many as are asked for at once. */
function* inGroups(parts: readonly Part[]): Generator<Group> {
  let batches: (readonly PackedHour[])[] = [];
  let rows = 0;
  for (const { packed, ...window } of parts) {
    const size = packed?.reduce((sum, hour) => sum + hour.size, 0) ?? 0;
    if (batches.length > 0 && (packed === null || rows + size > PACKED_ROWS)) {
      yield { batches };
      batches = [];
      rows = 0;
    }
    if (packed === null) yield { window };
    else batches.push(packed);
    rows += size;
  }
  if (batches.length > 0) yield { batches };
}

function loadPacked(
  session: Session,
  batches: readonly (readonly PackedHour[])[],
  { kind, names, filter }: Asked,
): Promise<PackedColumns> {
  const hours = batches.flat().filter(({ size }) => size > 0);
  const isCut = hours.some(
    ({ fromMs, toMs, hour }) => fromMs > hour * HOUR_MS || toMs < (hour + 1) * HOUR_MS,
  );
  const all = new Set([
    ...names,
    ...(isCut ? [timeNameOf(kind)] : []),
    ...(filter?.ids.keys() ?? []),
    ...(filter?.runs === null ? [] : ['runId', 'runAttempt']),
  ]);
  return fetchColumns(session, kind, { names: [...all], hours: hours.map(({ hour }) => hour) });
}

function selectOf({ kind, shapes, conditions }: Asked): string {
  const { table, time } = FACT_TABLES[kind];
  const end = 'COALESCE((SELECT at_ms + 1 FROM edge), :toMs)';
  const condition = `${time} >= :fromMs AND ${time} < ${end} AND ${conditions.sql}`;
  return `WITH edge AS (
      SELECT ${time} AS at_ms FROM ${table} WHERE ${time} >= :fromMs AND ${time} < :toMs
      ORDER BY ${time} LIMIT 1 OFFSET ${ROWS}
    )
    SELECT ${end}, found.* FROM (${columnsSql(kind, shapes, condition)}) AS found`;
}

/** The database goes on while what it answered is looked at. */
async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  for (let next = source.next(); ; ) {
    next.catch(() => undefined);
    const { done, value } = await next;
    if (done) return;
    next = source.next();
    yield value;
  }
}
