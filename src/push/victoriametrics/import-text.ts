import { byteText, writeNumberText } from '../../domain/byte-text.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import { labelText } from '../../domain/label-text.ts';
import type { LabelPair } from '../../domain/sample.ts';
import { gzipFastSync } from '../../http/gzip.ts';
import { SlicedText } from '../../timing/sliced-text.ts';
import { linesOf, readSampleLine, type SampleLine } from '../samples/exposition-lines.ts';
import { formatOfSamples, type SampleFormat, withExtraLabels } from '../samples/sample-format.ts';

/*
 * VictoriaMetrics' import of the Prometheus text format, with times in milliseconds:
 * https://docs.victoriametrics.com/victoriametrics/single-server-victoriametrics/#how-to-import-data-in-prometheus-exposition-format
 */

/** The longest that rewriting an exposition blocks the event loop. */
const SLICE_MS = 4;

/**
 * The part of an exposition in one request, before compression: servers and proxies refuse much longer ones.
 */
const PART_BYTES = 2 ** 20;
const LINE_END = 10;
const SPACE = 32;
/** Of a line: its value, its time, and what ends them. */
const MOST_NUMBER_BYTES = 52;

export function importFormat(extraLabels: readonly LabelPair[]): SampleFormat {
  return {
    ...formatOfSamples(
      (metric, labels) => byteText(`${seriesText(metric, withExtraLabels(labels, extraLabels))} `),
      (samples, series) => gzipFastSync(importText(samples, series)),
    ),
    headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Content-Encoding': 'gzip' },
    async *encodeExposition(text, atMs) {
      // VictoriaMetrics' own `extra_label` would replace labels that samples have.
      const labelled = extraLabels.length === 0 ? text : await withLabels(text, extraLabels);
      const query = { timestamp: String(atMs) };
      for (const part of partsOf(labelled)) yield { body: gzipFastSync(part), query };
    },
  };
}

/** A line for each sample: `name{labels} value milliseconds`. */
function importText(samples: readonly EventSample[], series: readonly string[]): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(
    series.reduce((sum, { length }) => sum + length + MOST_NUMBER_BYTES, 0),
  );
  let end = 0;
  for (const [at, { value, atMs }] of samples.entries()) {
    end += bytes.write(series[at] ?? '', end, 'latin1');
    end = writeNumberText(bytes, value, end);
    bytes[end++] = SPACE;
    end = writeNumberText(bytes, atMs, end);
    bytes[end++] = LINE_END;
  }
  return bytes.subarray(0, end);
}

async function withLabels(exposition: Uint8Array, extraLabels: readonly LabelPair[]): Promise<Uint8Array> {
  const out = new SlicedText(SLICE_MS, 2 * exposition.length);
  for (const line of linesOf(new TextDecoder().decode(exposition))) {
    const sample = readSampleLine(line);
    const isOver = out.add(sample === null ? `${line}\n` : labelledLine(sample, extraLabels));
    if (isOver) await out.pause();
  }
  return out.finish();
}

/** The text in parts of whole lines; only a part of a single line can be longer than the limit. */
function* partsOf(text: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < text.length; ) {
    const limit = start + PART_BYTES;
    let end = text.length;
    if (limit < end) {
      const cut = text.lastIndexOf(LINE_END, limit - 1);
      end = (cut < start ? text.indexOf(LINE_END, limit) : cut) + 1 || text.length;
    }
    yield text.subarray(start, end);
    start = end;
  }
}

function labelledLine({ metric, labels, value }: SampleLine, extraLabels: readonly LabelPair[]): string {
  return `${seriesText(metric, withExtraLabels(labels, extraLabels))} ${value}\n`;
}

function seriesText(metric: string, labels: readonly LabelPair[]): string {
  const text = labelText(
    labels.map(([name]) => name),
    labels.map(([, value]) => value),
  );
  return text === '' ? metric : `${metric}{${text}}`;
}
