import type { LabelPair } from '../../domain/sample.ts';

/**
 * One sample as our own text 0.0.4 writes it; the value is still text, which keeps `+Inf` and digits as they
 * are.
 */
export interface SampleLine {
  readonly metric: string;
  readonly labels: readonly LabelPair[];
  readonly value: string;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** The lines of a text in which every line is ended. */
export function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
}

/** Null for a comment. Throws for what our exposition never writes. */
export function readSampleLine(line: string): SampleLine | null {
  if (line.startsWith('#')) return null;
  const [, metric, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (metric === undefined || value === undefined)
    throw new Error(`The exposition has no such line: ${line}`);
  return { metric, labels: readLabels(labels), value };
}

export function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function readLabels(text: string): LabelPair[] {
  return Array.from(text.matchAll(LABEL), ([, name = '', value = '']) => [name, unescaped(value)]);
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (_, mark) => (mark === 'n' ? '\n' : mark)) : text;
}
