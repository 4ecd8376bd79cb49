import type { LabelPair, Sample } from '../domain/sample.ts';

/** One request: its body, and what is added to the query of the receiver's URL. */
export interface Payload {
  readonly body: Uint8Array;
  readonly query?: Readonly<Record<string, string>>;
}

/** How a protocol puts samples into requests. */
export interface WireFormat {
  /** The headers that describe the bodies. */
  readonly headers: Readonly<Record<string, string>>;
  encode(samples: readonly Sample[]): Promise<Payload>;
  /** A whole exposition (text 0.0.4), all of its values as of `atMs`. */
  encodeExposition(text: Uint8Array, atMs: number): AsyncIterable<Payload>;
}

/** Labels with a value, followed by the extra ones whose names are not among them. */
export function withExtraLabels(labels: readonly LabelPair[], extra: readonly LabelPair[]): LabelPair[] {
  const own = labels.filter(([, value]) => value !== '');
  return [...own, ...extra.filter(([name]) => own.every(([ownName]) => ownName !== name))];
}
