import type { Fact } from '../domain/lifecycle/fact.ts';
import type { GaugeReading, Metric } from '../domain/metric.ts';
import type { Word } from './words.ts';

/*
 * How a metric of another exporter is written down: its name and labels, and from which facts each comes. One file for
 * each exporter is beside this one.
 */

/** Labels by their names: the word that is their value. */
export type OldLabels = Readonly<Record<string, Word>>;

/** What a fact may add: 1, the number of `times` that it stands for, or one of the times in milliseconds that it tells. */
export type Amount = 'one' | 'times' | 'queueMs' | 'durationMs' | 'executionMs';

/** A fact that a metric counts. */
export interface Source {
  readonly fact: Fact['kind'];
  readonly labels: OldLabels;
  /** Labels that are the same for all that come from here. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Only facts with one of these words. */
  readonly where?: Readonly<Partial<Record<Word, readonly string[]>>>;
  /** A time that is not known adds nothing. By default `one`. */
  readonly add?: Amount;
}

/** A counter or a histogram. */
export interface CountedMetric extends Metric {
  readonly from: readonly Source[];
}

/** A gauge: what it shows of our own gauges, before any label of these was dropped. */
export interface OldGauge extends Metric {
  readonly read: (readings: readonly GaugeReading[], words: ReadingWords) => readonly GaugeReading[];
  /** Which of ours it is made of, for people. */
  readonly of: readonly Metric[];
}

/** The words of a reading, with the operator's patterns applied. */
export type ReadingWords = (reading: GaugeReading) => Readonly<Partial<Record<Word, string>>>;

/** All metrics of one exporter. */
export interface CompatSet {
  readonly name: string;
  /** For people. */
  readonly exporter: string;
  readonly counted: readonly CountedMetric[];
  readonly gauges: readonly OldGauge[];
}

/** A counter. `from`: all facts that move it. */
export function counter(name: string, help: string, ...from: readonly Source[]): CountedMetric {
  const isTime = from.some(({ add = 'one' }) => add.endsWith('Ms'));
  return { name, type: 'counter', help, labels: labelsOf(from), from, ...(isTime && { scale: 1000 }) };
}

/** A histogram of durations in seconds; `bucketsMs` are its bounds. */
export function durations(
  name: string,
  help: string,
  bucketsMs: readonly number[],
  ...from: readonly Source[]
): CountedMetric {
  return { name, type: 'histogram', help, labels: labelsOf(from), scale: 1000, buckets: bucketsMs, from };
}

interface Shown {
  /** Ours. */
  readonly of: Metric;
  /** Only readings with one of these words. */
  readonly where?: NonNullable<Source['where']>;
  readonly labels: OldLabels;
  readonly fixed?: NonNullable<Source['fixed']>;
}

/** A gauge that shows sums of ours. */
export function gauge(name: string, help: string, ...from: readonly Shown[]): OldGauge {
  const labels = labelsOf(from);
  return {
    ...{ name, type: 'gauge', help, labels, of: [...new Set(from.map(({ of }) => of))] },
    read: (readings, words) =>
      from.flatMap((shown) =>
        readings
          .filter(({ metric }) => metric === shown.of.name)
          .flatMap((reading) => {
            const found = words(reading);
            return fits(found, shown.where)
              ? [{ metric: name, labels: valuesOf(labels, found, shown), value: reading.value }]
              : [];
          }),
      ),
  };
}

/** The same gauge, which also has a series with each of these label values, at least 0. */
export function withZeros(shown: OldGauge, zeros: readonly (readonly string[])[]): OldGauge {
  const ofZeros = zeros.map((labels) => ({ metric: shown.name, labels, value: 0 }));
  return { ...shown, read: (readings, words) => [...ofZeros, ...shown.read(readings, words)] };
}

/** A gauge without labels that shows one reading of `of`: that of the credential for which `by` is the least. */
export function leastReading(
  name: string,
  help: string,
  { of, by }: { readonly of: Metric; readonly by: Metric },
): OldGauge {
  return {
    ...{ name, type: 'gauge', help, labels: [], of: [of] },
    read(readings) {
      // Of search and others there are few, and they are used up often.
      const core = readings.filter(({ labels }) => labels[1] === 'core');
      const least = core
        .filter(({ metric }) => metric === by.name)
        .reduce<GaugeReading | null>((a, b) => (a === null || b.value < a.value ? b : a), null);
      const shown = core.find(({ metric, labels }) => metric === of.name && labels[0] === least?.labels[0]);
      return shown === undefined ? [] : [{ metric: name, labels: [], value: shown.value }];
    },
  };
}

/** Whether the words are among those that are asked for. */
export function fits(words: Readonly<Partial<Record<Word, string>>>, where: Source['where']): boolean {
  if (where === undefined) return true;
  for (const [word, among] of Object.entries(where))
    if (!among?.includes(words[word as Word] ?? '')) return false;
  return true;
}

/** The values of these labels; one that the source lacks is empty, which means the same as no label. */
export function valuesOf(
  names: readonly string[],
  words: Readonly<Partial<Record<Word, string>>>,
  { labels, fixed = {} }: Pick<Source, 'labels' | 'fixed'>,
): string[] {
  return names.map((name) => {
    const word = labels[name];
    return fixed[name] ?? (word === undefined ? '' : (words[word] ?? ''));
  });
}

function labelsOf(from: readonly Pick<Source, 'labels' | 'fixed'>[]): string[] {
  return [
    ...new Set(from.flatMap(({ labels, fixed = {} }) => [...Object.keys(labels), ...Object.keys(fixed)])),
  ];
}
