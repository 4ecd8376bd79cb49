import type { Session } from './session.ts';
import { statement } from './statement.ts';

/** How many names are remembered in memory; over that, all are asked for again. */
const MAX_REMEMBERED = 20_000;

const FIND = statement(
  `WITH
     known AS (SELECT id, name FROM names WHERE name = ANY ($1::text[])),
     created AS (
       INSERT INTO names (name)
       SELECT name FROM unnest($1::text[]) AS wanted (name) WHERE name NOT IN (SELECT name FROM known)
       RETURNING id, name)
   SELECT id, name FROM known UNION ALL SELECT id, name FROM created`,
);

/** The number of a name. */
export type IdOf = (name: string) => number;

export interface FoundNames {
  readonly idOf: IdOf;
  /** To be called once the transaction that found them is committed. */
  readonly keep: () => void;
}

export const NO_NAMES: FoundNames = { idOf: numberIn(new Map()), keep: () => undefined };

/** The names that rows of the history stand for. None is ever deleted, so that what was read stays true. */
export class Names {
  readonly #ids = new Map<string, number>();

  /** The numbers of these names, which are stored if they are new. To be called in an ordered transaction. */
  async find(session: Session, names: Iterable<string>): Promise<FoundNames> {
    const found = new Map<string, number>();
    const unknown: string[] = [];
    for (const name of new Set(names)) {
      const id = this.#ids.get(name);
      if (id === undefined) unknown.push(name);
      else found.set(name, id);
    }
    const rows =
      unknown.length === 0 ? [] : await session.rows<{ id: number; name: string }>(FIND, [unknown]);
    for (const { id, name } of rows) found.set(name, id);
    return { idOf: numberIn(found), keep: () => this.#keep(rows) };
  }

  #keep(rows: readonly { readonly id: number; readonly name: string }[]): void {
    if (this.#ids.size + rows.length > MAX_REMEMBERED) this.#ids.clear();
    for (const { id, name } of rows) this.#ids.set(name, id);
  }
}

function numberIn(found: ReadonlyMap<string, number>): IdOf {
  return (name) => {
    const id = found.get(name);
    if (id === undefined) throw new Error(`The name ${name} was not asked for`);
    return id;
  };
}
