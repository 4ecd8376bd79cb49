/*
 * The values of the reference model, and how they are written.
 */

const BUCKETS_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600];

export type Labels = Readonly<Record<string, string>>;

/** Collects values by metric and labels. */
export class Numbers {
  readonly #values = new Map<string, number>();
  readonly #micros = new Map<string, number>();
  readonly #durations = new Map<string, { name: string; labels: string; allMs: number[] }>();

  add(name: string, labels: Labels, value = 1): void {
    const key = `github_actions_${name}{${labelText(labels)}}`;
    this.#values.set(key, (this.#values.get(key) ?? 0) + value);
  }

  addMicros(name: string, labels: Labels, micros: number): void {
    const key = `github_actions_${name}{${labelText(labels)}}`;
    this.#micros.set(key, (this.#micros.get(key) ?? 0) + micros);
  }

  least(name: string, labels: Labels, value: number): void {
    const key = `github_actions_${name}{${labelText(labels)}}`;
    this.#values.set(key, Math.min(this.#values.get(key) ?? value, value));
  }

  /** A histogram that has observed nothing. */
  expect(name: string, labels: Labels): void {
    const key = `${name}{${labelText(labels)}}`;
    const empty = { name: `github_actions_${name}`, labels: labelText(labels), allMs: [] };
    this.#durations.set(key, this.#durations.get(key) ?? empty);
  }

  /** Null: not known, not counted. */
  observe(name: string, labels: Labels, ms: number | null): void {
    if (ms === null) return;
    const key = `${name}{${labelText(labels)}}`;
    const found = this.#durations.get(key) ?? {
      name: `github_actions_${name}`,
      labels: labelText(labels),
      allMs: [],
    };
    found.allMs.push(ms);
    this.#durations.set(key, found);
  }

  lines(): string[] {
    const lines = [...this.#values].map(([key, value]) => `${key} ${value}`);
    for (const [key, micros] of this.#micros) lines.push(`${key} ${micros / 1_000_000}`);
    for (const { name, labels, allMs } of this.#durations.values()) {
      for (const bound of BUCKETS_SECONDS) {
        const count = allMs.filter((ms) => ms <= bound * 1000).length;
        lines.push(`${name}_bucket{${labels},le="${bound}"} ${count}`);
      }
      lines.push(`${name}_bucket{${labels},le="+Inf"} ${allMs.length}`);
      lines.push(`${name}_sum{${labels}} ${allMs.reduce((sum, ms) => sum + ms, 0) / 1000}`);
      lines.push(`${name}_count{${labels}} ${allMs.length}`);
    }
    return lines.sort();
  }
}

export function labelText(labels: Labels): string {
  const escaped = (value: string) =>
    value.slice(0, 200).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}
