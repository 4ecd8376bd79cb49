import type { DatabaseSync } from 'node:sqlite';

/** How many names are remembered in memory; over that, all are asked for again. */
const MAX_REMEMBERED = 20_000;

export interface Names {
  /** The number of a name, which is stored if it is new. */
  readonly idOf: (name: string) => number;
  /** To be called when a transaction is undone: rows it made are gone. */
  readonly forgetRows: () => void;
}

/** The names that rows of the history stand for. */
export function openNames(database: DatabaseSync): Names {
  const find = database.prepare('SELECT id FROM names WHERE name = ?');
  const insert = database.prepare('INSERT INTO names (name) VALUES (?) RETURNING id');
  const ids = new Map<string, number>();
  return {
    idOf(name) {
      const known = ids.get(name);
      if (known !== undefined) return known;
      const id = Number((find.get(name) ?? insert.get(name))?.['id']);
      if (ids.size >= MAX_REMEMBERED) ids.clear();
      ids.set(name, id);
      return id;
    },
    forgetRows: () => ids.clear(),
  };
}
