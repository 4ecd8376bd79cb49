import { type Increment, summed } from '../domain/metric.ts';

/**
 * Sums increments of the same cell, as `IncrementSums`, where those of one series share their list of labels: no key is
 * made of it.
 */
export class SeriesSums {
  readonly #byLabels = new Map<readonly string[], Increment[]>();

  add(increment: Increment): void {
    const known = this.#byLabels.get(increment.labels);
    if (known === undefined) return void this.#byLabels.set(increment.labels, [increment]);
    const { metric, cell } = increment;
    const at = known.findIndex((each) => each.cell === cell && each.metric === metric);
    const before = known[at];
    if (before === undefined) known.push(increment);
    else known[at] = summed(before, increment);
  }

  /** Those of a series together, in the order in which the series first came. */
  sums(): Increment[] {
    return [...this.#byLabels.values()].flat();
  }
}
