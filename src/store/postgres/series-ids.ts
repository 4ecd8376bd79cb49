import type { Increment, StoredCell } from '../../domain/metric.ts';

type Labelled = Pick<Increment, 'metric' | 'labels'>;
export type NewSeries = readonly [
  id: number,
  metric: string,
  labels: readonly string[],
  createdAtMs: number | null,
];

/**
 * The ids of all stored series, in memory: whoever has read the whole log of changes knows every one. Between
 * transactions it is what is stored.
 */
export class SeriesIds {
  readonly #idByKey = new Map<string, number>();
  readonly #byId = new Map<number, Pick<StoredCell, 'metric' | 'labels' | 'createdAtMs'>>();
  /** By the list itself, which the increments of a series share: it saves making the key again. */
  #lastByLabels = new WeakMap<readonly string[], { readonly metric: string; readonly id: number }>();

  find({ metric, labels }: Labelled): number | undefined {
    const last = this.#lastByLabels.get(labels);
    if (last?.metric === metric) return last.id;
    const id = this.#idByKey.get(keyOf({ metric, labels }));
    if (id !== undefined) this.#lastByLabels.set(labels, { metric, id });
    return id;
  }

  seriesOf(id: number): Pick<StoredCell, 'metric' | 'labels' | 'createdAtMs'> {
    const series = this.#byId.get(id);
    if (series === undefined) throw new Error(`No series has the id ${id}`);
    return series;
  }

  add([id, metric, labels, createdAtMs]: NewSeries): void {
    this.#idByKey.set(keyOf({ metric, labels }), id);
    this.#byId.set(id, { metric, labels, createdAtMs });
  }

  remove(series: Labelled): void {
    const id = this.#idByKey.get(keyOf(series));
    if (id === undefined) return;
    this.#idByKey.delete(keyOf(series));
    this.#byId.delete(id);
    this.#lastByLabels = new WeakMap();
  }

  clear(): void {
    this.#idByKey.clear();
    this.#byId.clear();
    this.#lastByLabels = new WeakMap();
  }
}

function keyOf({ metric, labels }: Labelled): string {
  return `${metric}\0${labels.join('\0')}`;
}
