import type { EventSample } from '../../domain/event-sample.ts';

type Packed = readonly [metric: string, labels: readonly string[], value: number, atMs: number];

/** A sample as JSON text without the names of its fields, which would be a third of it. */
export function packSample({ metric, labels, value, atMs }: EventSample): string {
  return JSON.stringify([metric, labels, value, atMs] satisfies Packed);
}

/** The samples of a JSON array of packed ones. */
export function unpackSamples(text: string): EventSample[] {
  return (JSON.parse(text) as Packed[]).map(([metric, labels, value, atMs]) => ({
    metric,
    labels,
    value,
    atMs,
  }));
}
