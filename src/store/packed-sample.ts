import type { EventSample } from '../domain/event-sample.ts';
import { parseStored } from './stored-json.ts';

type PackedSeries = readonly [metric: string, labels: readonly string[]];
type Packed = readonly [...PackedSeries, value: number, atMs: number];

/** A sample as JSON text without the names of its fields, which would be a third of it. */
export function packSample({ metric, labels, value, atMs }: EventSample): string {
  return JSON.stringify([metric, labels, value, atMs] satisfies Packed);
}

/** A JSON array of packed samples. */
export function packSamples(samples: readonly EventSample[]): string {
  return `[${samples.map(packSample).join(',')}]`;
}

/** The samples of a JSON array of packed ones. */
export function unpackSamples(text: string): EventSample[] {
  return parseStored<Packed[]>(text, 'the outbox').map(([metric, labels, value, atMs]) => ({
    metric,
    labels,
    value,
    atMs,
  }));
}
