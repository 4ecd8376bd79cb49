/*
 * The values of the truth, and how they are written.
 */

const BUCKETS_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600];

/** In the order in which they are written. */
export type Labels = Readonly<Record<string, string>>;

/** Collects values by metric and labels. Metrics are named without `github_actions_`. */
export class TruthNumbers {
  /** Whether branches say where they merge into. */
  readonly hasBases: boolean;
  readonly #values = new Map<string, Map<string, number>>();
  readonly #durations = new Map<string, Map<string, number[]>>();

  constructor(hasBases = false) {
    this.hasBases = hasBases;
  }

  add(metric: string, labels: Labels, value = 1): void {
    const series = inside(this.#values, metric);
    const key = labelText(labels);
    series.set(key, (series.get(key) ?? 0) + value);
  }

  least(metric: string, labels: Labels, value: number): void {
    const series = inside(this.#values, metric);
    const key = labelText(labels);
    series.set(key, Math.min(series.get(key) ?? value, value));
  }

  observe(metric: string, labels: Labels, durationMs: number): void {
    const series = inside(this.#durations, metric);
    const key = labelText(labels);
    const found = series.get(key) ?? [];
    found.push(secondsOf(durationMs));
    series.set(key, found);
  }

  /** A histogram that has observed nothing. */
  expect(metric: string, labels: Labels): void {
    const series = inside(this.#durations, metric);
    const key = labelText(labels);
    series.set(key, series.get(key) ?? []);
  }

  /** As Prometheus text 0.0.4; families and series are sorted. */
  text(): string {
    const metrics = [...this.#values.keys(), ...this.#durations.keys()].sort();
    return metrics.flatMap((metric) => this.#linesOf(metric)).join('');
  }

  #linesOf(metric: string): string[] {
    const name = `github_actions_${metric}`;
    const durations = this.#durations.get(metric);
    if (durations !== undefined) {
      const lines = sorted(durations).flatMap(([labels, seconds]) => histogramLines(name, labels, seconds));
      return [`# TYPE ${name} histogram\n`, ...lines];
    }
    const lines = sorted(inside(this.#values, metric)).map(
      ([labels, value]) => `${name}{${labels}} ${exact(value)}\n`,
    );
    return [`# TYPE ${name} ${metric.endsWith('_total') ? 'counter' : 'gauge'}\n`, ...lines];
  }
}

/** GitHub's clocks disagree by a second now and then: a negative duration counts as none. */
export function secondsOf(durationMs: number): number {
  return Math.max(0, durationMs / 1000);
}

/** `name="value"`, separated by commas. */
export function labelText(labels: Labels): string {
  const escaped = (value: string) =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function histogramLines(name: string, labels: string, seconds: readonly number[]): string[] {
  const sum = seconds.reduce((total, each) => total + each, 0);
  return [
    ...BUCKETS_SECONDS.map((bound) => {
      const count = seconds.filter((each) => each <= bound).length;
      return `${name}_bucket{${labels},le="${bound}"} ${count}\n`;
    }),
    `${name}_bucket{${labels},le="+Inf"} ${seconds.length}\n`,
    `${name}_sum{${labels}} ${sum}\n`,
    `${name}_count{${labels}} ${seconds.length}\n`,
  ];
}

/** Without rounding errors of sums: nothing is finer than a millionth of a dollar. */
function exact(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000;
}

function inside<T>(families: Map<string, Map<string, T>>, metric: string): Map<string, T> {
  const found = families.get(metric) ?? new Map<string, T>();
  families.set(metric, found);
  return found;
}

function sorted<T>(series: ReadonlyMap<string, T>): [string, T][] {
  return [...series].sort(([a], [b]) => (a < b ? -1 : 1));
}
