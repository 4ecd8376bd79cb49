import type { EventSample } from '../../domain/event-sample.ts';
import type { LabelPair } from '../../domain/sample.ts';
import { outcomeOf } from '../../outbound/outcome.ts';
import type { Payload, WireFormat } from '../../outbound/wire-format.ts';
import { BySeries } from './by-series.ts';
import { namedLabelsOf } from './named-labels.ts';
import { pointProblem, seriesProblem } from './sample-problem.ts';

/** How a protocol of samples puts them into requests. */
export interface SampleFormat extends WireFormat<EventSample> {
  /** A whole exposition (text 0.0.4), all of its values as of `atMs`. */
  encodeExposition(text: Uint8Array, atMs: number): AsyncIterable<Payload>;
}

/**
 * The name and the labels of a series as a protocol writes them: bytes, each a character of the text. Different series
 * have different ones.
 */
export type WriteSeries = (metric: string, labels: readonly LabelPair[]) => string;

/** Writes a request: of each sample, its series is given as `WriteSeries` has written it. */
export type WriteRequest = (samples: readonly EventSample[], series: readonly string[]) => Uint8Array;

/**
 * What is the same for all protocols of samples. The labels of each series are named, looked at and written only once.
 */
export function formatOfSamples(
  writeSeries: WriteSeries,
  writeRequest: WriteRequest,
): Pick<SampleFormat, 'encode' | 'outcomeOf'> {
  const written = new BySeries((metric, values: readonly string[]) => {
    const labels = namedLabelsOf(metric, values);
    return { problem: seriesProblem(metric, labels), series: writeSeries(metric, labels) };
  });
  return {
    /** The samples before the first bad one. */
    async encode(samples) {
      const all: string[] = [];
      for (const sample of samples) {
        const { problem: ofSeries, series } = written.of(sample);
        const problem = ofSeries ?? pointProblem(sample);
        if (problem !== null && all.length === 0) return { problem };
        if (problem !== null) break;
        all.push(series);
      }
      const body = writeRequest(samples.slice(0, all.length), all);
      return { count: all.length, payload: { body }, problem: null };
    },
    outcomeOf,
  };
}

/** Labels with a value, followed by the extra ones whose names are not among them. */
export function withExtraLabels(labels: readonly LabelPair[], extra: readonly LabelPair[]): LabelPair[] {
  const own = labels.filter(([, value]) => value !== '');
  return [...own, ...extra.filter(([name]) => own.every(([ownName]) => ownName !== name))];
}
