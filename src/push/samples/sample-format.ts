import type { LabelPair, Sample } from '../../domain/sample.ts';
import { outcomeOf } from '../../outbound/outcome.ts';
import type { Fit, Payload, WireFormat } from '../../outbound/wire-format.ts';
import { BySeries } from './by-series.ts';
import { pointProblem, seriesProblem } from './sample-problem.ts';

/** How a protocol of samples puts them into requests. */
export interface SampleFormat extends WireFormat<Sample> {
  /** A whole exposition (text 0.0.4), all of its values as of `atMs`. */
  encodeExposition(text: Uint8Array, atMs: number): AsyncIterable<Payload>;
}

/**
 * The name and the labels of a series as a protocol writes them: bytes, each a character of the text. Different series
 * have different ones.
 */
export type WriteSeries = (metric: string, labels: readonly LabelPair[]) => string;

/** What is the same for all protocols of samples. Each series is written, and looked at, only once. */
export function formatOfSamples(write: WriteSeries): Pick<SampleFormat, 'fit' | 'outcomeOf'> & {
  readonly seriesOf: (sample: Sample) => string;
} {
  const written = new BySeries((metric, labels: readonly LabelPair[]) => ({
    problem: seriesProblem(metric, labels),
    series: write(metric, labels),
  }));
  return {
    fit: (samples) => fitSamples(samples, (sample) => written.of(sample).problem ?? pointProblem(sample)),
    seriesOf: (sample) => written.of(sample).series,
    outcomeOf,
  };
}

/** The samples before the first bad one, or that one. */
function fitSamples(samples: readonly Sample[], problemOf: (sample: Sample) => string | null): Fit {
  for (const [at, sample] of samples.entries()) {
    const problem = problemOf(sample);
    if (problem !== null) return at === 0 ? { count: 1, problem } : { count: at, problem: null };
  }
  return { count: samples.length, problem: null };
}

/** Labels with a value, followed by the extra ones whose names are not among them. */
export function withExtraLabels(labels: readonly LabelPair[], extra: readonly LabelPair[]): LabelPair[] {
  const own = labels.filter(([, value]) => value !== '');
  return [...own, ...extra.filter(([name]) => own.every(([ownName]) => ownName !== name))];
}
