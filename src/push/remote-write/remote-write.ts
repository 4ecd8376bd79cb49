import type { LabelPair, Sample } from '../../domain/sample.ts';
import {
  EIGHT_BYTES,
  headOf,
  keyOf,
  SIZED,
  sized,
  text,
  VARINT,
  writeVarint,
} from '../../outbound/protobuf.ts';
import { linesOf, numberOf, readSampleLine } from '../samples/exposition-lines.ts';
import { OF_SAMPLES, type SampleFormat, withExtraLabels } from '../samples/sample-format.ts';
import { compressBlock } from './snappy.ts';

/*
 * Remote write 1.0 (https://prometheus.io/docs/specs/prw/remote_write_spec/): a protobuf with few fields,
 * encoded by hand, in Snappy's block format.
 *   WriteRequest { repeated TimeSeries = 1 }   TimeSeries { repeated Label = 1; repeated Sample = 2 }
 *   Label { string name = 1; string value = 2 }   Sample { double value = 1; int64 timestamp = 2 }
 */

/** Series of an exposition in one step: few enough to block the event loop for only some milliseconds. */
const SAMPLES_PER_REQUEST = 1000;

export function remoteWriteFormat(extraLabels: readonly LabelPair[]): SampleFormat {
  const payloadOf = (samples: readonly Sample[]) => ({
    body: compressBlock(writeRequest(samples, extraLabels)),
  });
  return {
    ...OF_SAMPLES,
    headers: {
      'Content-Type': 'application/x-protobuf',
      'Content-Encoding': 'snappy',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
    },
    encode: async (samples) => payloadOf(samples),
    async *encodeExposition(exposition, atMs) {
      let samples: Sample[] = [];
      for (const line of linesOf(new TextDecoder().decode(exposition))) {
        const read = readSampleLine(line);
        if (read !== null) samples.push({ ...read, value: numberOf(read.value), atMs });
        if (samples.length < SAMPLES_PER_REQUEST) continue;
        yield payloadOf(samples);
        samples = [];
      }
      if (samples.length > 0) yield payloadOf(samples);
    },
  };
}

/**
 * The samples of one series are one TimeSeries, in the order of their times; its labels are in the order of
 * their names.
 */
export function writeRequest(samples: readonly Sample[], extraLabels: readonly LabelPair[]): Uint8Array {
  const encodeLabel = rememberingEncoder();
  // Concatenated once, at the end: a snapshot has a series for each sample.
  const parts: Uint8Array[] = [];
  for (const { labels, samples: ofSeries } of seriesOf(samples, extraLabels)) {
    const inOrder = ofSeries.sort((a, b) => a.atMs - b.atMs);
    const inside = [...labels.map(encodeLabel), ...inOrder.map(encodeSample)];
    parts.push(headOf(1, inside), ...inside);
  }
  return Buffer.concat(parts);
}

interface Series {
  /** All labels that are sent, including the metric's name, sorted. */
  readonly labels: readonly LabelPair[];
  readonly samples: Sample[];
}

function seriesOf(samples: readonly Sample[], extraLabels: readonly LabelPair[]): Iterable<Series> {
  const byLabels = new Map<string, Series>();
  for (const sample of samples) {
    const named: LabelPair[] = [['__name__', sample.metric], ...withExtraLabels(sample.labels, extraLabels)];
    const labels = named.sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(labels);
    const known = byLabels.get(key);
    if (known === undefined) byLabels.set(key, { labels, samples: [sample] });
    else known.samples.push(sample);
  }
  return byLabels.values();
}

/** The same labels come again and again. */
function rememberingEncoder(): (label: LabelPair) => Uint8Array {
  const encoded = new Map<string, Uint8Array>();
  return ([name, value]) => {
    const key = `${name}=${value}`;
    const known = encoded.get(key);
    if (known !== undefined) return known;
    const bytes = sized(1, [text(1, name), text(2, value)]);
    encoded.set(key, bytes);
    return bytes;
  };
}

function encodeSample({ value, atMs }: Sample): Uint8Array {
  const bytes = Buffer.allocUnsafe(24);
  bytes[2] = keyOf(1, EIGHT_BYTES);
  bytes[bytes.writeDoubleLE(value, 3)] = keyOf(2, VARINT);
  const end = writeVarint(bytes, atMs, 12);
  // Its length, at most 18, is one byte.
  bytes[0] = keyOf(2, SIZED);
  bytes[1] = end - 2;
  return bytes.subarray(0, end);
}
