import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LabelPair, Sample } from '../../domain/sample.ts';
import { remoteWriteFormat, seriesWriter, writeRequest } from './remote-write.ts';

const AT_MS = 1_700_000_000_123;

interface Series {
  readonly labels: LabelPair[];
  readonly samples: [value: number, atMs: number][];
}

/** Reads the fields of a message by number; a varint is a bigint, anything else its bytes. */
function* fieldsOf(message: Buffer): Generator<[number, bigint | Buffer]> {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number) => {
    assert.ok(at + length <= message.length, 'the message ends early');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = Number(varint());
    const type = key & 7;
    assert.ok([0, 1, 2].includes(type), `type ${type}`);
    yield [key >> 3, type === 0 ? varint() : bytes(type === 1 ? 8 : Number(varint()))];
  }
}

function bytesOf(value: bigint | Buffer | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : assert.fail('no bytes');
}

function seriesOf(request: Uint8Array): Series[] {
  return Array.from(fieldsOf(Buffer.from(request)), ([field, series]) => {
    assert.equal(field, 1);
    const read: Series = { labels: [], samples: [] };
    for (const [inner, value] of fieldsOf(bytesOf(series))) {
      const parts = new Map(fieldsOf(bytesOf(value)));
      if (inner === 1) read.labels.push([bytesOf(parts.get(1)).toString(), bytesOf(parts.get(2)).toString()]);
      else read.samples.push([bytesOf(parts.get(1)).readDoubleLE(), Number(parts.get(2))]);
    }
    return read;
  });
}

/** The request with samples, before it is compressed. */
function requestOf(samples: readonly Sample[], extraLabels: readonly LabelPair[] = []): Uint8Array {
  const write = seriesWriter(extraLabels);
  return writeRequest(
    samples,
    samples.map(({ metric, labels }) => write(metric, labels)),
  );
}

function sample(labels: LabelPair[], value: number, atMs: number): Sample {
  return { metric: 'm', labels, value, atMs };
}

test('samples of one series form one series in time order, whatever the order of their labels', () => {
  const request = requestOf([
    sample(
      [
        ['b', '2'],
        ['a', '1'],
      ],
      2,
      AT_MS + 5,
    ),
    sample([], 9, AT_MS),
    sample(
      [
        ['a', '1'],
        ['b', '2'],
        ['c', ''],
      ],
      1,
      AT_MS,
    ),
  ]);
  assert.deepEqual(seriesOf(request), [
    {
      labels: [
        ['__name__', 'm'],
        ['a', '1'],
        ['b', '2'],
      ],
      samples: [
        [1, AT_MS],
        [2, AT_MS + 5],
      ],
    },
    { labels: [['__name__', 'm']], samples: [[9, AT_MS]] },
  ]);
});

test('labels are sorted by name, including the extra ones and the metric name', () => {
  const labels: LabelPair[] = [
    ['z', '1'],
    ['job', 'build'],
    ['A', '2'],
  ];
  const extra: LabelPair[] = [
    ['job', 'ants'],
    ['k', 'v'],
  ];
  const [series] = seriesOf(requestOf([sample(labels, 1, AT_MS)], extra));
  assert.deepEqual(series?.labels, [
    ['A', '2'],
    ['__name__', 'm'],
    ['job', 'build'],
    ['k', 'v'],
    ['z', '1'],
  ]);
});

test('every value, time and text is exact to the last bit', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 });
  const times = fc.nat(Number.MAX_SAFE_INTEGER);
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.double(), times)), (rows) => {
      const samples = rows.map(([each, value, atMs], index) => {
        return sample(
          [
            ['index', String(index)],
            ['text', each],
          ],
          value,
          atMs,
        );
      });
      const read = seriesOf(requestOf(samples)).map(({ labels, samples: [first] }) => {
        return [labels.find(([name]) => name === 'text')?.[1], ...(first ?? [])];
      });
      assert.deepEqual(read, rows);
    }),
  );
});

test('an exposition becomes requests of bounded size, without its comments', async () => {
  const lines = Array.from({ length: 4001 }, (_, index) => `m{i="${index}",t="a\\nb"} ${index}\n`);
  const text = Buffer.from(`# HELP m M\n# TYPE m gauge\n${lines.join('')}inf +Inf\n`);
  const payloads = await Array.fromAsync(remoteWriteFormat([]).encodeExposition(text, AT_MS));
  assert.equal(payloads.length, 5);
  assert.ok(payloads.every(({ body }) => body.length < 50_000));
  assert.deepEqual(await Array.fromAsync(remoteWriteFormat([]).encodeExposition(Buffer.from(''), 1)), []);
});
