import type { DatabaseSync } from 'node:sqlite';
import type { NameIds } from '../fact-filters.ts';

/**
 * The texts that numbers in columns of facts stand for. Names have their number in the database; words, which
 * tables hold themselves, get a negative one here unless it is a name too.
 */
export interface TextIds extends NameIds {
  wordId(word: string): number;
  texts(ids: Iterable<number>): Map<number, string>;
}

export function openTextIds(database: DatabaseSync): TextIds {
  const words = new Map<string, number>();
  const wordsById: string[] = [''];
  const nameOf = database.prepare('SELECT name FROM names WHERE id = ?');
  const idOf = database.prepare('SELECT id FROM names WHERE name = ?');
  const like = database.prepare(`SELECT id, name FROM names WHERE name LIKE ? ESCAPE '!'`);

  function wordId(word: string): number {
    const known = words.get(word);
    if (known !== undefined) return known;
    const named = idOf.get(word)?.['id'];
    const id = typeof named === 'number' ? named : -wordsById.length;
    if (id < 0) wordsById.push(word);
    words.set(word, id);
    return id;
  }

  function textOf(id: number): string | undefined {
    return id < 0 ? wordsById[-id] : (nameOf.get(id)?.['name'] as string | undefined);
  }

  return {
    wordId,
    texts(ids) {
      const found = new Map<number, string>();
      for (const id of new Set(ids)) {
        const text = id === 0 ? undefined : textOf(id);
        if (text !== undefined) found.set(id, text);
      }
      return found;
    },
    ofNames: (names) =>
      names.flatMap((name) => {
        const id = idOf.get(name)?.['id'];
        return typeof id === 'number' ? [id] : [];
      }),
    ofNamesLike: (text, fits) =>
      like
        .all(`%${text.replace(/[!%_]/g, '!$&')}%`)
        .filter(({ name }) => fits(String(name)))
        .map(({ id }) => Number(id)),
  };
}
