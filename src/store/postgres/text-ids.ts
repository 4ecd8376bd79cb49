import type { Session } from './session.ts';
import { statement } from './statement.ts';

const TEXTS = statement('SELECT id, name FROM names WHERE id = ANY ($1::integer[])');

interface NameRow {
  readonly id: number;
  readonly name: string;
}

const WORDS = statement('SELECT -id AS id, word AS name FROM packed_words');

/**
 * The texts that numbers in columns of facts stand for. Names have their number in the database. Words, which tables
 * hold themselves, have a negative one: that which packed columns have, or one of this reader.
 */
export class TextIds {
  readonly #session: Session;
  readonly #idByWord = new Map<string, number>();
  readonly #wordById = new Map<number, string>();
  #leastId = 0;

  private constructor(session: Session, words: readonly NameRow[]) {
    this.#session = session;
    for (const { id, name } of words) this.#add(name, id);
  }

  /** In the transaction of the session, whose packed columns have no other words. */
  static async open(session: Session): Promise<TextIds> {
    return new TextIds(session, await session.rows<NameRow>(WORDS));
  }

  readonly wordId = (word: string): number => this.#idByWord.get(word) ?? this.#add(word, this.#leastId - 1);

  readonly texts = async (ids: Iterable<number>): Promise<Map<number, string>> => {
    const asked = [...new Set(ids)];
    const named = asked.filter((id) => id > 0);
    const rows = named.length === 0 ? [] : await this.#session.rows<NameRow>(TEXTS, [named]);
    const words = asked.filter((id) => id < 0).map((id) => [id, this.#wordById.get(id) ?? ''] as const);
    return new Map([...words, ...rows.map(({ id, name }) => [id, name] as const)]);
  };

  #add(word: string, id: number): number {
    this.#idByWord.set(word, id);
    this.#wordById.set(id, word);
    this.#leastId = Math.min(this.#leastId, id);
    return id;
  }
}
