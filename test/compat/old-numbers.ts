import { labelsOf, parseExposition } from '../samples.ts';

/*
 * Numbers under names of other exporters, as a test expects them: restated by hand, with lists of values in place of
 * buckets.
 */

export type Labels = Readonly<Record<string, string>>;

/** Collects values by metric and labels. */
export class OldNumbers {
  readonly #values = new Map<string, number>();
  readonly #durations = new Map<string, { readonly bounds: readonly number[]; readonly seconds: number[] }>();

  add(name: string, labels: Labels, value = 1): void {
    const key = keyOf(name, labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + value);
  }

  observe(name: string, labels: Labels, bounds: readonly number[], durationMs: number): void {
    const key = keyOf(name, labels);
    const { seconds } = this.#durations.get(key) ?? { seconds: [] };
    this.#durations.set(key, { bounds, seconds: [...seconds, Math.max(0, durationMs / 1000)] });
  }

  /** One for each sample, sorted. */
  lines(): string[] {
    const ofDurations = [...this.#durations].flatMap(([key, { bounds, seconds }]) => {
      const { name, labels } = labelsOf(key);
      const within = (bound: number) => seconds.filter((each) => each <= bound).length;
      return [
        ...bounds.map((le) => `${keyOf(`${name}_bucket`, { ...labels, le: String(le) })} ${within(le)}`),
        `${keyOf(`${name}_bucket`, { ...labels, le: '+Inf' })} ${seconds.length}`,
        `${keyOf(`${name}_sum`, labels)} ${seconds.reduce((sum, each) => sum + each, 0)}`,
        `${keyOf(`${name}_count`, labels)} ${seconds.length}`,
      ];
    });
    return [...Array.from(this.#values, ([key, value]) => `${key} ${value}`), ...ofDurations].sort();
  }
}

/** The same of an exposition. */
export function linesOfText(text: string): string[] {
  return Array.from(parseExposition(text), ([key, value]) => {
    const { name, labels } = labelsOf(key);
    return `${keyOf(name, labels)} ${value}`;
  }).sort();
}

/** Labels in the order of their names; one without a value is none. */
function keyOf(name: string, labels: Labels): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}
