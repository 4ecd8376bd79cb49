import type { EventSample } from '../domain/event-sample.ts';
import { parseStored } from './stored-json.ts';

type Packed = readonly [metric: string, labels: readonly string[], value: number, atMs: number];

/** A sample as JSON text without the names of its fields, which would be a third of it. */
export function packSample({ metric, labels, value, atMs }: EventSample): string {
  return JSON.stringify([metric, labels, value, atMs] satisfies Packed);
}

/** A JSON array of packed samples, and its size. */
export function packSamples(samples: readonly EventSample[]): {
  readonly text: string;
  readonly bytes: number;
} {
  const text = `[${samples.map(packSample).join(',')}]`;
  return { text, bytes: Buffer.byteLength(text) };
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
