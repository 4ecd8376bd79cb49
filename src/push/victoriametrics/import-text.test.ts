import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { storedAs } from '../../../test/fixtures/stored-as.ts';
import type { LabelPair, Sample } from '../../domain/sample.ts';
import { importFormat } from './import-text.ts';

const AT_MS = 1_700_000_000_123;

async function importText(samples: readonly Sample[], extraLabels: readonly LabelPair[]): Promise<string> {
  const encoded = await importFormat(extraLabels).encode(samples.map(storedAs));
  return gunzipSync(encoded.problem ?? encoded.payload.body).toString();
}

test('a line for each sample: escaped labels with a value, the value, the time in milliseconds', async () => {
  const samples = [
    {
      metric: 'a_seconds',
      labels: [
        ['x', 'say "hi"\\\n🙂'],
        ['y', ''],
        ['z', 'plain'],
      ] satisfies LabelPair[],
      value: 1.5,
      atMs: AT_MS,
    },
    { metric: 'b', labels: [], value: 1e21, atMs: AT_MS + 1 },
  ];
  assert.equal(
    await importText(samples, []),
    `a_seconds{x="say \\"hi\\"\\\\\\n🙂",z="plain"} 1.5 ${AT_MS}\nb 1e+21 ${AT_MS + 1}\n`,
  );
});

test('extra labels are added, except for labels that the sample has', async () => {
  const sample = { metric: 'a', value: 1, atMs: AT_MS };
  const extra: LabelPair[] = [
    ['job', 'ants'],
    ['site', 'x"y'],
  ];
  const textOf = (...labels: LabelPair[]) => importText([{ ...sample, labels }], extra);
  assert.equal(await textOf(['job', 'build']), `a{job="build",site="x\\"y"} 1 ${AT_MS}\n`);
  assert.equal(await textOf(['job', '']), `a{job="ants",site="x\\"y"} 1 ${AT_MS}\n`);
  assert.equal(await textOf(), `a{job="ants",site="x\\"y"} 1 ${AT_MS}\n`);
});

test('an exposition is sent as it is, with its time beside it, and with extra labels where it has none', async () => {
  const exposition = '# HELP a A\n# TYPE a counter\na 1\na{job="x,y=\\"\\n"} +Inf\n';
  const payloads = async (extra: LabelPair[]) => {
    const all = await Array.fromAsync(importFormat(extra).encodeExposition(Buffer.from(exposition), AT_MS));
    return all.map(({ body, query }) => ({ text: gunzipSync(body).toString(), query }));
  };
  const query = { timestamp: String(AT_MS) };
  assert.deepEqual(await payloads([]), [{ text: exposition, query }]);
  const labelled = '# HELP a A\n# TYPE a counter\na{job="ants",up="1"} 1\na{job="x,y=\\"\\n",up="1"} +Inf\n';
  assert.deepEqual(
    await payloads([
      ['job', 'ants'],
      ['up', '1'],
    ]),
    [{ text: labelled, query }],
  );
});

test('a long exposition is sent in parts of at most one MiB, cut at line ends', async () => {
  const short = Array.from({ length: 60_000 }, (_, index) => `a{job="ü ${index}",x="${'x'.repeat(20)}"} 1\n`);
  const whole = `# TYPE a gauge\n${short.join('')}b{x="${'x'.repeat(2 ** 20)}"} 1\nc 1\n`;
  const parts = await Array.fromAsync(importFormat([]).encodeExposition(Buffer.from(whole), AT_MS));
  const texts = parts.map(({ body }) => gunzipSync(body));
  assert.equal(Buffer.concat(texts).toString(), whole);
  assert.ok(parts.length > 3 && texts.every((text) => text.at(-1) === 10));
  // A line cannot be split.
  const long = texts.filter((text) => text.length > 2 ** 20);
  assert.deepEqual(
    long.map((text) => text.subarray(0, 6).toString()),
    ['b{x="x'],
  );
  assert.ok(parts.every(({ query }) => query?.['timestamp'] === String(AT_MS)));
});
