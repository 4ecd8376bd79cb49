import assert from 'node:assert/strict';
import { labelsOf } from '../samples.ts';
import type { StoredSample } from '../stored-sample.ts';

/** What should arrive: one line of the simulator's samples. */
export interface ExpectedSample {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** More than one where any report of a job may be the one that counts. */
  readonly timesMs: readonly number[];
}

const LINE = /^(\S+?\{.*\}) (\S+) (\d+)(?: # or ([\d ]+))?$/;

/** Reads what `simulate --truth-samples` writes. */
export function readExpected(text: string): ExpectedSample[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, key = '', value, time, others] = LINE.exec(line) ?? assert.fail(`no sample: ${line}`);
      const { name, labels } = labelsOf(key);
      const timesMs = [time, ...(others?.split(' ') ?? [])].map(Number);
      return { labels: { ...labels, __name__: name }, value: Number(value), timesMs };
    });
}

/** Compares labels, values and times one by one: nothing missing, nothing extra. */
export function expectSamples(
  stored: readonly StoredSample[],
  expected: readonly ExpectedSample[],
  what: string,
): void {
  const free = Map.groupBy(stored, ({ labels, value }) => keyOf(labels, value));
  // Those that have a choice choose last.
  const found = expected
    .toSorted((a, b) => a.timesMs.length - b.timesMs.length)
    .map(({ labels, value, timesMs }) => {
      const key = keyOf(labels, value);
      const candidates = free.get(key) ?? [];
      const index = candidates.findIndex(({ atMs }) => timesMs.includes(atMs));
      if (index === -1) return `missing: ${key} ${timesMs.join(' or ')}`;
      candidates.splice(index, 1);
      return null;
    });
  const left = [...free].flatMap(([key, samples]) => samples.map(({ atMs }) => `too much: ${key} ${atMs}`));
  assert.deepEqual([...found.filter((fault) => fault !== null), ...left], [], what);
  assert.equal(stored.length, expected.length, what);
}

function keyOf(labels: Readonly<Record<string, string>>, value: number): string {
  return JSON.stringify([Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)), value]);
}
