import type { Session } from './session.ts';
import { statement } from './statement.ts';

const TEXTS = statement('SELECT id, name FROM names WHERE id = ANY ($1::integer[])');

interface NameRow {
  readonly id: number;
  readonly name: string;
}

/**
 * The texts that numbers in columns of facts stand for. Names have their number in the database; words, which tables
 * hold themselves, get a negative one here.
 */
export class TextIds {
  readonly #session: Session;
  readonly #idByWord = new Map<string, number>();
  readonly #words: string[] = [''];

  constructor(session: Session) {
    this.#session = session;
  }

  readonly wordId = (word: string): number => {
    const known = this.#idByWord.get(word);
    if (known !== undefined) return known;
    const id = -this.#words.length;
    this.#words.push(word);
    this.#idByWord.set(word, id);
    return id;
  };

  readonly texts = async (ids: Iterable<number>): Promise<Map<number, string>> => {
    const asked = [...new Set(ids)];
    const named = asked.filter((id) => id > 0);
    const rows = named.length === 0 ? [] : await this.#session.rows<NameRow>(TEXTS, [named]);
    const words = asked.filter((id) => id < 0).map((id) => [id, this.#words[-id] ?? ''] as const);
    return new Map([...words, ...rows.map(({ id, name }) => [id, name] as const)]);
  };
}
