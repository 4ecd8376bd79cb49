import pg from 'pg';
import type { Exemplar } from '../src/domain/exemplar.ts';
import type { Increment } from '../src/domain/metric.ts';
import type { OthersChanges } from '../src/domain/others-changes.ts';
import type { Fleet } from '../src/domain/replica.ts';
import type { StoredSeries } from '../src/domain/transaction.ts';
import { openFleet } from '../src/store/postgres/fleet.ts';
import { addJobNumbers } from '../src/store/postgres/job-numbers.ts';
import { migrate } from '../src/store/postgres/migrate.ts';
import { openParts, type StoreParts } from '../src/store/postgres/parts.ts';
import type { Counts } from '../src/store/postgres/write.ts';

const SILENT = { warn() {}, error() {} };

/** One of several processes that use a database, as far as it stores numbers. */
export interface Member extends StoreParts, AsyncDisposable {
  readonly fleet: Fleet;
  readonly memory: Memory;
  /** How many deliveries of others have become its own. */
  readonly taken: () => number;
}

/** Makes the tables. */
export function createTables(url: string): Promise<void> {
  return migrate({ url, password: null });
}

/** The rows of a query of somebody who is no member. */
export async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(text);
    return rows ?? [];
  } finally {
    await client.end();
  }
}

export async function openMember(url: string): Promise<Member> {
  const parts = openParts({ url, password: null, steady: () => performance.now(), logger: SILENT });
  let taken = 0;
  const begin = (ids: readonly number[]) => {
    taken += ids.length;
  };
  const fleet = openFleet({ ...parts, taking: { begin, done: () => undefined } });
  const memory = new Memory();
  await fleet.follow(memory);
  return {
    ...parts,
    fleet,
    memory,
    taken: () => taken,
    [Symbol.asyncDispose]: () => parts.connections.close(),
  };
}

/** The numbers as a process has them in memory. */
export class Memory {
  readonly #values = new Map<string, number>();
  /** Of what others have added, in the order in which it came. */
  readonly exemplars: Exemplar[] = [];
  /** How often everything was replaced. */
  replaced = 0;
  /** How many transactions of others were followed. */
  applied = 0;

  get values(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  apply({ cells, removed }: OthersChanges): void {
    this.applied += 1;
    for (const { metric, labels, cell, value, exemplar } of cells) {
      this.#add([metric, ...labels, cell], value);
      if (exemplar !== undefined) this.exemplars.push(exemplar);
    }
    this.#remove(removed);
  }

  replace({ cells }: StoredSeries): void {
    this.replaced += 1;
    this.#values.clear();
    for (const { metric, labels, cell, value } of cells) this.#add([metric, ...labels, cell], value);
  }

  /** Of a transaction of its own. */
  note({ increments = [], removed = [] }: Counts): void {
    for (const { metric, labels, cell, delta } of increments) this.#add([metric, ...labels, cell], delta);
    this.#remove(removed);
  }

  #add(key: readonly (string | number)[], value: number): void {
    const text = key.join(' ');
    this.#values.set(text, (this.#values.get(text) ?? 0) + value);
  }

  #remove(series: OthersChanges['removed']): void {
    for (const { metric, labels } of series)
      for (const key of this.#values.keys())
        if (key.startsWith(`${[metric, ...labels].join(' ')} `)) this.#values.delete(key);
  }
}

export function added(labels: readonly string[], delta: number, cell = 0): Increment {
  return { metric: 'm', labels, cell, delta };
}

/** Stores what `counts` says, and has it in memory then. */
export async function store({ write, memory }: Member, counts: Counts): Promise<void> {
  await write(async (transaction) => {
    await transaction.begun;
    addJobNumbers(transaction, counts.numbers ?? []);
    return { result: undefined, counts };
  });
  memory.note(counts);
}

/** The numbers as they are stored. */
export async function stored(url: string): Promise<Readonly<Record<string, number>>> {
  await using reader = await openMember(url);
  const memory = new Memory();
  memory.replace(await reader.connections.readAsOfOneMoment((session) => reader.log.readAll(session)));
  return memory.values;
}
