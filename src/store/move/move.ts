import { AntError } from '../../domain/errors.ts';
import { keyOf, MoveSource } from './move-source.ts';
import { MoveTarget } from './move-target.ts';
import { type MovedRow, type MovedTable, rowsAtOnce, type Sum, type Value } from './moved-tables.ts';

export interface MoveOptions {
  /** `sqlite:PATH` */
  readonly from: string;
  /** `postgres://…` */
  readonly to: string;
  readonly password: string | null;
  /** Told now and then. */
  readonly onProgress?: (told: MoveProgress) => void;
}

export interface MoveProgress {
  readonly step: 'count' | 'move' | 'compare';
  readonly table: string;
  readonly rows: number;
  readonly of: number;
}

/**
 * Copies everything that one database holds into another, which is empty or in which this was interrupted, compares
 * both, and makes the second ready for use. Answers how many rows that were. The first one stays as it is; nobody may
 * use it meanwhile. Throws as `openDatabase` and `migrate`, and `command_failed`.
 */
export async function move({ from, to, password, onProgress = () => {} }: MoveOptions): Promise<number> {
  using source = await MoveSource.open(from);
  await using target = await MoveTarget.open({ url: to, password });
  const tables = await target.tables();
  const sums = new Map<string, Sum>();
  for (const table of tables) {
    const sum = source.sumOf(table);
    sums.set(table.name, sum);
    onProgress({ step: 'count', table: table.name, rows: sum.rows, of: sum.rows });
  }
  if (await target.isMoving()) await refuseOther(target, tables, sums);
  else await target.begin(sums);
  for (const table of tables) await moveTable(source, target, table, onProgress);
  for (const table of tables) {
    const [found, wanted] = [await target.sumOf(table), sums.get(table.name)];
    if (!isSame(found, wanted)) throw differing(table, found, wanted);
    onProgress({ step: 'compare', table: table.name, rows: found.rows, of: found.rows });
  }
  await target.end(source.next(), source);
  return Array.from(sums.values(), ({ rows }) => rows).reduce((all, rows) => all + rows, 0);
}

/** An interrupted move goes on only if the source is what it was. */
async function refuseOther(
  target: MoveTarget,
  tables: readonly MovedTable[],
  sums: ReadonlyMap<string, Sum>,
): Promise<void> {
  for (const table of tables) {
    const { sum } = await target.progress(table);
    if (isSame(sum, sums.get(table.name))) continue;
    throw new AntError(
      'command_failed',
      `a move into the target has begun, from another database or from this one before it changed (${table.name})`,
      { hint: 'Make a new database for the target, and begin again.' },
    );
  }
}

async function moveTable(
  source: MoveSource,
  target: MoveTarget,
  table: MovedTable,
  onProgress: NonNullable<MoveOptions['onProgress']>,
): Promise<void> {
  const begun = await target.progress(table);
  let { moved } = begun;
  let after: MovedRow | null = begun.after === null ? null : begun.after.map(unplain);
  for (;;) {
    const rows = source.read(table, after, rowsAtOnce(table));
    const last = rows.at(-1);
    if (last === undefined) return;
    const key = keyOf(table, last);
    await target.add(table, rows, { moved, key });
    moved += rows.length;
    after = key;
    onProgress({ step: 'move', table: table.name, rows: moved, of: begun.sum.rows });
  }
}

/** What JSON has made of a part of a key. */
function unplain(value: string | number | null): Value {
  return typeof value === 'string' && value.startsWith('\\x') ? Buffer.from(value.slice(2), 'hex') : value;
}

function isSame(a: Sum, b: Sum | undefined): boolean {
  return a.rows === b?.rows && a.digest === b.digest;
}

function differing({ name }: MovedTable, found: Sum, wanted: Sum | undefined): AntError {
  return new AntError(
    'command_failed',
    `${name} differs: ${found.rows} rows with the sum ${found.digest}, and ${wanted?.rows} with ${wanted?.digest} at the source`,
    { hint: 'Somebody else has written into the target. Make a new database, and begin again.' },
  );
}
