/*
 * Reading an exposition the way a scraper does, and comparing what it says.
 */

/** Values by `name{labels}`, as the exposition writes them. */
export type Samples = ReadonlyMap<string, number>;

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? ([^ ]+)$/;
/** Behind the value of a bucket. */
const EXEMPLAR = / # \{run_id="[^{}]*\} \S+ \S+$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/**
 * All samples of an exposition, without exemplars. Throws on a line that is neither a sample nor a comment, and on a duplicate
 * series.
 */
export function parseExposition(text: string): Samples {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labels = '', value = ''] = SAMPLE.exec(line.replace(EXEMPLAR, '')) ?? [];
    if (name === undefined) throw new Error(`no sample: ${line}`);
    if (samples.has(name + labels)) throw new Error(`twice: ${line}`);
    samples.set(name + labels, numberOf(value));
  }
  return samples;
}

/** Name and labels of a sample's key. */
export function labelsOf(key: string): {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
} {
  const start = key.indexOf('{');
  if (start === -1) return { name: key, labels: {} };
  const labels = Object.fromEntries(
    [...key.slice(start).matchAll(LABEL)].map(([, label = '', value = '']) => [label, unescaped(value)]),
  );
  return { name: key.slice(0, start), labels };
}

/** The sum of all samples of that name whose labels include the given ones; 0 when there is none. */
export function sumOf(samples: Samples, name: string, labels: Readonly<Record<string, string>> = {}): number {
  let sum = 0;
  for (const [key, value] of samples) {
    if (key !== name && !key.startsWith(`${name}{`)) continue;
    const own = labelsOf(key).labels;
    if (Object.entries(labels).every(([label, wanted]) => own[label] === wanted)) sum += value;
  }
  return sum;
}

/** The metric of a sample's key: `_bucket`, `_sum` and `_count` belong to their histogram. */
export function metricOf(key: string): string {
  return key.replace(/(_bucket|_sum|_count)?(\{.*)?$/, '');
}

/**
 * The lines `name{labels} value` of all metrics whose name starts like that, sorted; optionally only of the
 * given ones.
 */
export function linesOf(samples: Samples, prefix: string, metrics?: ReadonlySet<string>): string[] {
  return [...samples]
    .filter(([key]) => key.startsWith(prefix) && (metrics?.has(metricOf(key)) ?? true))
    .map(([key, value]) => `${key} ${value}`)
    .sort();
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return text === 'NaN' ? Number.NaN : Number(text);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, mark: string) => (mark === 'n' ? '\n' : mark));
}

/**
 * The lines without series that have counted nothing: counters of 0, and histograms without an observation.
 */
export function withoutZeros(lines: readonly string[]): string[] {
  const series = (line: string) => line.replace(/,?le="[^"]*"/, '').replace(/_(bucket|sum|count)(?=\{)/, '');
  const empty = new Set(
    lines.filter((line) => /_count\{.*\} 0$/.test(line)).map((line) => keyOf(series(line))),
  );
  return lines.filter((line) => !/_total\{.*\} 0$/.test(line) && !empty.has(keyOf(series(line))));
}

function keyOf(line: string): string {
  return line.slice(0, line.lastIndexOf(' '));
}
