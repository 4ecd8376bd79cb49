import { compareListPlaces, type ListPlace, type ListQuery } from '../domain/list-query.ts';

/** The first rows of an order, as many as a page needs and one more; all others are let go. */
export class FirstRows<Row extends { readonly place: ListPlace }> {
  readonly #query: Pick<ListQuery, 'after' | 'isDescending'>;
  readonly #most: number;
  #rows: Row[] = [];
  /** What is not before it is not needed; null while any is. */
  #edge: ListPlace | null = null;

  constructor(query: Pick<ListQuery, 'after' | 'isDescending' | 'limit'>) {
    this.#query = query;
    this.#most = query.limit + 1;
  }

  /** Only what comes after the page before, which the query names, is kept. */
  add(row: Row): void {
    const { after, isDescending } = this.#query;
    if (after !== null && compareListPlaces(row.place, after, isDescending) <= 0) return;
    if (this.#edge !== null && compareListPlaces(row.place, this.#edge, isDescending) >= 0) return;
    this.#rows.push(row);
    if (this.#rows.length >= 2 * this.#most) this.#cut();
  }

  get isFull(): boolean {
    return this.#rows.length >= this.#most;
  }

  /** In order; one more than the limit if there are more. */
  sorted(): readonly Row[] {
    this.#cut();
    return this.#rows;
  }

  #cut(): void {
    const { isDescending } = this.#query;
    this.#rows.sort((a, b) => compareListPlaces(a.place, b.place, isDescending));
    if (this.#rows.length < this.#most) return;
    this.#rows.length = this.#most;
    this.#edge = this.#rows.at(-1)?.place ?? null;
  }
}
