import type { HistoryReader } from '../domain/queries.ts';
import { getOrCreate } from './get-or-create.ts';

/** A row for each name, whether it is met as the number of a text or as a text. */
export class GroupRows {
  /** The group of each number that was met: a map takes several times as long. */
  readonly #ofId: number[] = [];
  /** What each group was met as. */
  readonly #groups: (string | number)[] = [];
  readonly #rows = new Map<string, number>();
  /** As `Rows`, after `readNames`. */
  readonly ofGroup: number[] = [];

  /** In the order of the rows. */
  get names(): string[] {
    return [...this.#rows.keys()];
  }

  get count(): number {
    return this.#rows.size;
  }

  groupOfId(id: number): number {
    const known = this.#ofId[id];
    if (known !== undefined) return known;
    const group = this.#groups.push(id) - 1;
    this.#ofId[id] = group;
    return group;
  }

  groupOfName(name: string): number {
    return this.#groups.push(name) - 1;
  }

  /** To be called when there are new groups. */
  async readNames(reader: HistoryReader): Promise<void> {
    const added = this.#groups.slice(this.ofGroup.length);
    const names = await reader.texts(added.filter((each) => typeof each === 'number'));
    for (const each of added)
      this.ofGroup.push(this.#rowOf(typeof each === 'string' ? each : (names.get(each) ?? '')));
  }

  #rowOf(name: string): number {
    return getOrCreate(this.#rows, name, () => this.#rows.size);
  }
}
