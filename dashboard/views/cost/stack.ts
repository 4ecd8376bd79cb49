import type { Cost } from '../../../src/domain/openapi-types.ts';
import { gridOf, onGrid } from '../../answers/grid.ts';

/* The cost over time, one layer above the other. */

export interface Layer {
  readonly name: string;
  /** Its colour: 1 to 6. */
  readonly colour: number;
  /** Dollars, one for each time. */
  readonly values: readonly number[];
  readonly total: number;
}

export interface Stack {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly layers: readonly Layer[];
  /** The highest sum. */
  readonly most: number;
}

/** With more, colours can't be told apart. */
const COLOURS = 6;

/** The most expensive kinds of runners, and all others together. */
export function stackOf({ window, series }: Pick<Cost, 'window' | 'series'>): Stack {
  const times = gridOf(window);
  const all = series.map(({ sku, points }) => ({ name: sku, values: onGrid(times, points, 1, 0) }));
  const own = all.length <= COLOURS ? all : all.slice(0, COLOURS - 1);
  const others = all.slice(own.length).map(({ values }) => values);
  const rest = others.length === 0 ? [] : [{ name: 'others', values: sumsOf(others) }];
  const layers = [...own, ...rest].map((each, index) => ({
    ...each,
    colour: index + 1,
    total: each.values.reduce((sum, value) => sum + value, 0),
  }));
  return { times, layers, most: Math.max(0, ...sumsOf(layers.map(({ values }) => values))) };
}

function sumsOf(lists: readonly (readonly number[])[]): number[] {
  const [first = []] = lists;
  return first.map((_, index) => lists.reduce((sum, values) => sum + (values[index] ?? 0), 0));
}
