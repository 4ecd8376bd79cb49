import type { LabelPair } from '../../domain/sample.ts';
import type { SampleFormat } from './sample-format.ts';

/** A protocol that samples are pushed by: its encoder, and what its addresses look like. */
export interface SampleProtocol {
  readonly formatWith: (extraLabels: readonly LabelPair[]) => SampleFormat;
  /** Added to a URL that names no endpoint. */
  readonly path: string;
  /** Paths that name one already. */
  readonly known: RegExp;
  /** A receiver that does not say otherwise ignores a sample that it has. */
  readonly isIdempotent: boolean;
}
