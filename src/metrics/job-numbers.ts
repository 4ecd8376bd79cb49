import type { Clock } from '../domain/contracts.ts';
import type { EventSample } from '../domain/event-sample.ts';
import { isCountable, isJobCounter, joinedNumbers, pairsOf } from '../domain/job-numbers.ts';
import { OTHER_LABEL } from '../domain/label-policy.ts';
import { labelText } from '../domain/label-text.ts';
import { countOf, type Increment } from '../domain/metric.ts';
import type { JobNumber } from '../domain/observation.ts';
import { SELF } from '../domain/own-metrics.ts';

export interface JobNumbersOptions {
  /**
   * For all metrics together; beyond it, numbers go to one series of their metric with the labels
   * `__other__`.
   */
  readonly maxSeries: number;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
}

/** How many metrics jobs may create. */
const MAX_METRICS = 200;
const OTHERS: readonly string[] = ['repository', OTHER_LABEL, 'workflow', OTHER_LABEL];

interface Held extends JobNumber {
  /** When it was last reported. */
  readonly touchedAtMs: number;
}

/** What to store, count and push of what was reported. */
export interface Admitted {
  /** One for each series: the increment of a counter, or the latest value of a gauge. */
  readonly numbers: readonly JobNumber[];
  readonly increments: readonly Increment[];
  readonly samples: readonly EventSample[];
}

/**
 * The series that jobs report: what the store holds, ready to be shown. Their names and labels are the jobs'
 * own, so they are not in the catalogue. A counter is the sum of what was reported, a gauge the latest value,
 * in whatever order they are processed.
 */
export class JobNumbers {
  readonly #families = new Map<string, Map<string, Held>>();
  readonly #options: JobNumbersOptions;
  #size = 0;

  constructor(options: JobNumbersOptions) {
    this.#options = options;
  }

  /** Of all metrics. */
  get size(): number {
    return this.#size;
  }

  /** The positions of those numbers that `admit` would drop because their counters are full. */
  uncountable(reported: readonly JobNumber[]): number[] {
    const draft = this.#draft();
    return reported.flatMap((number, index) => {
      const fits = draft.fits(number);
      if (fits) draft.add(number);
      return fits ? [] : [index];
    });
  }

  /** What these numbers do to the series; nothing changes until `apply`. */
  admit(reported: readonly JobNumber[]): Admitted {
    const draft = this.#draft();
    const names = new Set(this.#families.keys());
    const increments: Increment[] = [];
    const samples: EventSample[] = [];
    for (const number of reported) {
      const isNameTooMany = !names.has(number.metric) && names.size >= MAX_METRICS;
      if (isNameTooMany || !draft.fits(number)) {
        increments.push(countOf(SELF.jobNumbersDropped, []));
        continue;
      }
      names.add(number.metric);
      const { value, labels } = draft.add(number);
      if (labels !== number.labels) increments.push(countOf(SELF.seriesDropped, [number.metric]));
      samples.push({ metric: number.metric, labels, value, atMs: number.atMs });
    }
    return { numbers: draft.numbers, increments, samples };
  }

  /** Adds what was committed. */
  apply(numbers: readonly JobNumber[]): void {
    const touchedAtMs = this.#options.steady();
    for (const number of numbers) {
      const family = this.#families.get(number.metric) ?? new Map<string, Held>();
      this.#families.set(number.metric, family);
      const key = keyOf(number);
      const before = family.get(key);
      if (before === undefined) this.#size += 1;
      const held = joinedNumbers(before, number);
      if (held !== before) family.set(key, { ...held, touchedAtMs });
    }
  }

  /** Corrects times in the future, which a wrong clock has set. */
  endAt(nowMs: number): void {
    for (const family of this.#families.values())
      for (const [key, held] of family) if (held.atMs > nowMs) family.set(key, { ...held, atMs: nowMs });
  }

  /** The series last reported before `beforeMs`. */
  idle(beforeMs: number): { metric: string; labels: readonly string[] }[] {
    return [...this.#families].flatMap(([metric, family]) =>
      [...family.values()]
        .filter(({ touchedAtMs }) => touchedAtMs < beforeMs)
        .map(({ labels }) => ({ metric, labels })),
    );
  }

  /** Forgets these series. */
  remove(series: readonly Pick<JobNumber, 'metric' | 'labels'>[]): void {
    for (const { metric, labels } of series) {
      const family = this.#families.get(metric);
      if (family?.delete(keyOf({ labels }))) this.#size -= 1;
      if (family?.size === 0) this.#families.delete(metric);
    }
  }

  /** Forgets all series. */
  clear(): void {
    this.#families.clear();
    this.#size = 0;
  }

  /** How many series each metric has. */
  seriesCounts(): [metric: string, series: number][] {
    return Array.from(this.#families, ([metric, { size }]) => [metric, size]);
  }

  /** The metrics by name, each with its series by label text. */
  families(): { metric: string; series: (readonly [labels: string, value: number])[] }[] {
    return [...this.#families.keys()].sort().map((metric) => {
      const series = Array.from(
        this.#families.get(metric) ?? [],
        ([key, { value }]) => [key, value] as const,
      );
      return { metric, series: series.sort(([a], [b]) => (a < b ? -1 : 1)) };
    });
  }

  #draft(): Draft {
    return new Draft((number) => this.#find(number), this.#options.maxSeries - this.#size);
  }

  #find({ metric, labels }: JobNumber): JobNumber | undefined {
    return this.#families.get(metric)?.get(keyOf({ labels }));
  }
}

/** The series that a batch changes. */
class Draft {
  readonly #changed = new Map<string, JobNumber>();
  readonly #find: (number: JobNumber) => JobNumber | undefined;
  #room: number;

  constructor(find: (number: JobNumber) => JobNumber | undefined, room: number) {
    this.#find = find;
    this.#room = room;
  }

  get numbers(): JobNumber[] {
    return [...this.#changed.values()];
  }

  /** Whether the counter has room for it. */
  fits(reported: JobNumber): boolean {
    const number = this.#keptAs(reported);
    const changed = this.#changed.get(draftKeyOf(number));
    const stored = this.#find(number);
    if (changed === undefined) return isCountable(stored, number);
    return isCountable(joinedNumbers(stored, changed), number);
  }

  /** Returns the labels that the number is kept under, and its value; for a counter, the resulting sum. */
  add(reported: JobNumber): JobNumber {
    const number = this.#keptAs(reported);
    // The `__other__` series does not count against the limit.
    if (number === reported && !this.#has(reported)) this.#room -= 1;
    const key = draftKeyOf(number);
    const changed = joinedNumbers(this.#changed.get(key), number);
    this.#changed.set(key, changed);
    if (!isJobCounter(number.metric)) return number;
    return { ...number, value: joinedNumbers(this.#find(number), changed).value };
  }

  #keptAs(reported: JobNumber): JobNumber {
    return this.#has(reported) || this.#room > 0 ? reported : { ...reported, labels: OTHERS };
  }

  #has(number: JobNumber): boolean {
    return this.#changed.has(draftKeyOf(number)) || this.#find(number) !== undefined;
  }
}

function draftKeyOf(number: JobNumber): string {
  return `${number.metric}{${keyOf(number)}`;
}

function keyOf({ labels }: Pick<JobNumber, 'labels'>): string {
  const pairs = pairsOf(labels);
  return labelText(
    pairs.map(([name]) => name),
    pairs.map(([, value]) => value),
  );
}
