import type { ExpositionFormat } from '../domain/contracts.ts';

/** The format of a scrape response. */
export interface NegotiatedFormat {
  readonly format: ExpositionFormat;
  readonly contentType: string;
}

/** Prometheus' text format, which every scraper understands. */
export const TEXT: NegotiatedFormat = {
  format: 'text',
  contentType: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
};

const OPENMETRICS: NegotiatedFormat = {
  format: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
};

/** One media range of an Accept header, in lower case. */
interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/**
 * Chooses the format of a scrape by its Accept header: OpenMetrics if it is named and preferred at least as
 * much as text, else text. A scraper that accepts neither gets text, since Prometheus goes by the
 * Content-Type anyway.
 */
export function negotiateFormat(accept: string | undefined): NegotiatedFormat {
  const ranges = (accept ?? '').split(',').map(parseRange);
  const openmetrics = qualityOf(ranges, ['application/openmetrics-text'], '1.0.0');
  const text = qualityOf(ranges, ['text/plain', 'text/*', '*/*'], '0.0.4');
  return openmetrics > 0 && openmetrics >= text ? OPENMETRICS : TEXT;
}

/**
 * The quality of the most specific of `types` (in that order) that a range accepts in this version; 0 if none
 * does.
 */
function qualityOf(ranges: readonly MediaRange[], types: readonly string[], version: string): number {
  for (const type of types) {
    const matching = ranges.filter((range) => range.type === type && (range.version ?? version) === version);
    if (matching.length > 0) return Math.max(...matching.map((range) => range.quality));
  }
  return 0;
}

function parseRange(range: string): MediaRange {
  const [type = '', ...parameters] = range
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const values = new Map(parameters.map((parameter) => splitParameter(parameter)));
  const quality = Number(values.get('q') ?? 1);
  return { type, version: values.get('version'), quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

function splitParameter(parameter: string): [name: string, value: string] {
  const [name = '', value = ''] = parameter.split('=', 2);
  return [name.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
}

/** Whether an Accept-Encoding header allows the coding. */
export function acceptsCoding(header: string | string[] | undefined, coding: 'gzip' | 'br'): boolean {
  const codings = new Map<string, boolean>();
  for (const each of String(header ?? '')
    .toLowerCase()
    .split(',')) {
    const [name = '', ...parameters] = each.split(';').map((part) => part.trim());
    codings.set(name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)));
  }
  return codings.get(coding) ?? codings.get('*') ?? false;
}
