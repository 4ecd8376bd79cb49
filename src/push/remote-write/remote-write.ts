import type { LabelPair, Sample } from '../../domain/sample.ts';
import {
  EIGHT_BYTES,
  keyOf,
  SIZED,
  sized,
  text,
  VARINT,
  varintLength,
  writeVarint,
} from '../../outbound/protobuf.ts';
import { linesOf, numberOf, readSampleLine } from '../samples/exposition-lines.ts';
import {
  formatOfSamples,
  type SampleFormat,
  type WriteSeries,
  withExtraLabels,
} from '../samples/sample-format.ts';
import { compressBlock } from './snappy.ts';

/*
 * Remote write 1.0 (https://prometheus.io/docs/specs/prw/remote_write_spec/): a protobuf with few fields,
 * encoded by hand, in Snappy's block format.
 *   WriteRequest { repeated TimeSeries = 1 }   TimeSeries { repeated Label = 1; repeated Sample = 2 }
 *   Label { string name = 1; string value = 2 }   Sample { double value = 1; int64 timestamp = 2 }
 */

/** Series of an exposition in one step: few enough to block the event loop for only some milliseconds. */
const SAMPLES_PER_REQUEST = 1000;
/** Of a TimeSeries: its key and its length. */
const MOST_HEAD_BYTES = 6;
/** Of a Sample: its key, its length, and two fields with their keys. */
const MOST_SAMPLE_BYTES = 20;
/** Of the first field of a Sample. */
const VALUE_BYTES = 9;

/** What differs between the samples of a series. */
type Point = Pick<Sample, 'value' | 'atMs'>;

export function remoteWriteFormat(extraLabels: readonly LabelPair[]): SampleFormat {
  const write = seriesWriter(extraLabels);
  return {
    ...formatOfSamples(write, (samples, series) => compressBlock(writeRequest(samples, series))),
    headers: {
      'Content-Type': 'application/x-protobuf',
      'Content-Encoding': 'snappy',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
    },
    async *encodeExposition(exposition, atMs) {
      // Each of its series has one sample.
      const payloadOf = (samples: readonly Sample[]) => ({
        body: compressBlock(
          writeRequest(
            samples,
            samples.map(({ metric, labels }) => write(metric, labels)),
          ),
        ),
      });
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

/** Writes the labels of a TimeSeries in the order of their names, including the metric's name and the extra ones. */
export function seriesWriter(extraLabels: readonly LabelPair[]): WriteSeries {
  return (metric, labels) => {
    const named: LabelPair[] = [['__name__', metric], ...withExtraLabels(labels, extraLabels)];
    const sorted = named.sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([name, value]) => sized(1, text(1, name) + text(2, value))).join('');
  };
}

/** The samples of one series are one TimeSeries, in the order of their times. */
export function writeRequest(samples: readonly Point[], seriesOf: readonly string[]): Uint8Array {
  const bySeries = Map.groupBy(samples, (_, at) => seriesOf[at] ?? '');
  let length = MOST_SAMPLE_BYTES * samples.length;
  for (const series of bySeries.keys()) length += MOST_HEAD_BYTES + series.length;
  const bytes = Buffer.allocUnsafeSlow(length);
  let end = 0;
  for (const [series, ofSeries] of bySeries) end = writeSeries(bytes, series, ofSeries, end);
  return bytes.subarray(0, end);
}

function writeSeries(bytes: Buffer, series: string, samples: Point[], start: number): number {
  let length = series.length;
  for (const { atMs } of samples) length += 2 + sampleLength(atMs);
  bytes[start] = keyOf(1, SIZED);
  let end = writeVarint(bytes, length, start + 1);
  end += bytes.write(series, end, 'latin1');
  if (samples.length > 1) samples.sort((a, b) => a.atMs - b.atMs);
  for (const sample of samples) end = writeSample(bytes, sample, end);
  return end;
}

function writeSample(bytes: Buffer, { value, atMs }: Point, start: number): number {
  bytes[start] = keyOf(2, SIZED);
  // At most 18, so it is one byte.
  bytes[start + 1] = sampleLength(atMs);
  bytes[start + 2] = keyOf(1, EIGHT_BYTES);
  const valueEnd = bytes.writeDoubleLE(value, start + 3);
  bytes[valueEnd] = keyOf(2, VARINT);
  return writeVarint(bytes, atMs, valueEnd + 1);
}

function sampleLength(atMs: number): number {
  return VALUE_BYTES + 1 + varintLength(atMs);
}
