import type { EventSample } from '../domain/event-sample.ts';
import { unpackSamples } from './packed-sample.ts';

type Series = Pick<EventSample, 'metric' | 'labels'>;

/** Of the texts of series: some 8000 of them. */
const MOST_CHARACTERS = 1024 * 1024;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const ZERO = 48;
/** A number with more digits may not be exact. */
const EXACT_DIGITS = 15;

/**
 * As `unpackSamples`, for one block after the other. Samples of a series that came lately share the list of its labels:
 * what is made of it has to be made only once. Their text is looked up, which saves parsing it.
 */
export class SampleUnpacking {
  readonly #series = new Map<string, Series>();
  #characters = 0;

  unpack(text: string): EventSample[] {
    return this.#scan(text) ?? unpackSamples(text);
  }

  /** Null: it is not what `packSamples` writes, or has a sample without labels. */
  #scan(text: string): EventSample[] | null {
    if (!text.startsWith('[["') || !text.endsWith(']]')) return null;
    const samples: EventSample[] = [];
    for (let at = '[['.length; at < text.length; ) {
      const labelsEnd = endOfLabels(text, at);
      const valueEnd = text.indexOf(',', labelsEnd + 1);
      const end = text.indexOf(']', valueEnd);
      const series = this.#seriesOf(text.slice(at, labelsEnd));
      const value = numberIn(text, labelsEnd + 1, valueEnd);
      const atMs = numberIn(text, valueEnd + 1, end);
      at = end + '],['.length;
      const isWhole = text.startsWith('],[', end) || end === text.length - ']]'.length;
      if (series === null || Number.isNaN(value) || Number.isNaN(atMs) || !isWhole) return null;
      samples.push({ metric: series.metric, labels: series.labels, value, atMs });
    }
    return samples;
  }

  #seriesOf(text: string): Series | null {
    const known = this.#series.get(text);
    if (known !== undefined) return known;
    const series = parseSeries(text);
    if (series === null) return null;
    this.#characters += text.length;
    if (this.#characters > MOST_CHARACTERS) {
      this.#series.clear();
      this.#characters = text.length;
    }
    // Written again: a part of a block would keep all of it in memory.
    this.#series.set(JSON.stringify([series.metric, series.labels]).slice(1, -1), series);
    return series;
  }
}

/** Where the first list of labels from `start` on ends: after a quote that ends a text and a bracket. */
function endOfLabels(text: string, start: number): number {
  for (let end = text.indexOf(']', start); end !== -1; end = text.indexOf(']', end + 1)) {
    if (text.charCodeAt(end - 1) !== QUOTE || text.charCodeAt(end + 1) !== COMMA) continue;
    let backslashes = 0;
    while (text.charCodeAt(end - 2 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return -1;
}

function parseSeries(text: string): Series | null {
  try {
    const [metric, labels, ...more] = JSON.parse(`[${text}]`) as unknown[];
    return typeof metric === 'string' && Array.isArray(labels) && more.length === 0
      ? { metric, labels }
      : null;
  } catch {
    return null;
  }
}

/** NaN: it is not as JSON writes a number. */
function numberIn(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return slowNumberIn(text, start, end);
    number = 10 * number + digit;
  }
  const digits = end - start;
  const isPlain = digits === 1 || (digits > 1 && digits <= EXACT_DIGITS && text.charCodeAt(start) !== ZERO);
  return isPlain ? number : slowNumberIn(text, start, end);
}

function slowNumberIn(text: string, start: number, end: number): number {
  const written = text.slice(start, end);
  const number = Number(written);
  return Number.isFinite(number) && String(number) === written ? number : Number.NaN;
}
