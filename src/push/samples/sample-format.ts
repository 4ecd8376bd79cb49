import type { LabelPair, Sample } from '../../domain/sample.ts';
import { outcomeOf } from '../../outbound/outcome.ts';
import type { Fit, Payload, WireFormat } from '../../outbound/wire-format.ts';
import { sampleProblem } from './sample-problem.ts';

/** How a protocol of samples puts them into requests. */
export interface SampleFormat extends WireFormat<Sample> {
  /** A whole exposition (text 0.0.4), all of its values as of `atMs`. */
  encodeExposition(text: Uint8Array, atMs: number): AsyncIterable<Payload>;
}

/** What is the same for all protocols of samples. */
export const OF_SAMPLES = { fit: fitSamples, outcomeOf } as const;

/** The samples before the first bad one, or that one. */
function fitSamples(samples: readonly Sample[]): Fit {
  for (const [at, sample] of samples.entries()) {
    const problem = sampleProblem(sample);
    if (problem !== null) return at === 0 ? { count: 1, problem } : { count: at, problem: null };
  }
  return { count: samples.length, problem: null };
}

/** Labels with a value, followed by the extra ones whose names are not among them. */
export function withExtraLabels(labels: readonly LabelPair[], extra: readonly LabelPair[]): LabelPair[] {
  const own = labels.filter(([, value]) => value !== '');
  return [...own, ...extra.filter(([name]) => own.every(([ownName]) => ownName !== name))];
}
