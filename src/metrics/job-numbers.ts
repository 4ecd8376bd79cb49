import type { Clock } from '../domain/contracts.ts';
import type { EventSample } from '../domain/event-sample.ts';
import type { JobNumber } from '../domain/job-number.ts';
import { isJobCounter, joinedNumbers, pairsOf } from '../domain/job-numbers.ts';
import { OTHER_LABEL } from '../domain/label-policy.ts';
import { labelText } from '../domain/label-text.ts';
import { countOf, type Increment } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';

export interface JobNumbersOptions {
  /** Of all metrics together; what is over it goes to one series of its metric, whose labels are `__other__`. */
  readonly maxSeries: number;
  readonly clock: Clock;
}

/** How many names jobs may make up. */
const MAX_METRICS = 200;
const OTHERS: readonly string[] = ['repository', OTHER_LABEL, 'workflow', OTHER_LABEL];

interface Held extends JobNumber {
  /** When it was last told, in ms since the epoch. */
  readonly touchedAtMs: number;
}

/** What is to be stored, counted and pushed of what was told. */
export interface Admitted {
  /** One for each series: what is added to a counter, and the latest of a gauge. */
  readonly numbers: readonly JobNumber[];
  readonly increments: readonly Increment[];
  readonly samples: readonly EventSample[];
}

/**
 * The series that jobs hand in: what the store holds, ready to be shown. Their names and labels are the jobs' own, and so not in
 * the catalogue. A counter is the sum of what was told, a gauge what was told last, whatever order it is processed in.
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

  /** What these numbers make of the series; nothing has changed until `apply`. */
  admit(told: readonly JobNumber[]): Admitted {
    const draft = new Draft((number) => this.#find(number), this.#options.maxSeries - this.#size);
    const names = new Set(this.#families.keys());
    const increments: Increment[] = [];
    const samples: EventSample[] = [];
    for (const number of told) {
      if (!names.has(number.metric) && names.size >= MAX_METRICS) {
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

  /** Adds what was stored. */
  apply(numbers: readonly JobNumber[]): void {
    const touchedAtMs = this.#options.clock();
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

  /** Forgets the series that were last told before `beforeMs`; answers which. */
  expire(beforeMs: number): { metric: string; labels: readonly string[] }[] {
    const idle: { metric: string; labels: readonly string[] }[] = [];
    for (const [metric, family] of this.#families) {
      for (const [key, { labels, touchedAtMs }] of family) {
        if (touchedAtMs >= beforeMs) continue;
        family.delete(key);
        idle.push({ metric, labels });
      }
      if (family.size === 0) this.#families.delete(metric);
    }
    this.#size -= idle.length;
    return idle;
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

  /** The labels that the number is kept under, and the value that it has, or a counter comes to, at its time. */
  add(told: JobNumber): JobNumber {
    const number = this.#has(told) || this.#room > 0 ? told : { ...told, labels: OTHERS };
    // The series of all others takes no room from them.
    if (number === told && !this.#has(told)) this.#room -= 1;
    const key = `${number.metric}{${keyOf(number)}`;
    const changed = joinedNumbers(this.#changed.get(key), number);
    this.#changed.set(key, changed);
    if (!isJobCounter(number.metric)) return number;
    return { ...number, value: joinedNumbers(this.#find(number), changed).value };
  }

  #has(number: JobNumber): boolean {
    return this.#changed.has(`${number.metric}{${keyOf(number)}`) || this.#find(number) !== undefined;
  }
}

function keyOf({ labels }: Pick<JobNumber, 'labels'>): string {
  const pairs = pairsOf(labels);
  return labelText(
    pairs.map(([name]) => name),
    pairs.map(([, value]) => value),
  );
}
