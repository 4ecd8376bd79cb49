/*
 * The kinds of values that a setting may have. Every source (flag, environment, file) provides text, so one
 * parser per kind is enough, and `8080` means the same everywhere. A kind that one group alone has is beside
 * it.
 */

/** A kind of value. `read` takes the texts of a list, or the single text of a value. */
export interface Kind<T> {
  /** Describes a value: completes "must be …". */
  readonly expects: string;
  readonly example: string;
  /** The parsed value, or undefined if it is not of this kind. */
  read(texts: readonly string[]): T | undefined;
  /** The items of a list, each of which is valid or not by itself. `read` accepts single items, too. */
  items?(texts: readonly string[]): readonly string[];
  /** What joins the items of a list into one text. Default: a comma. */
  readonly joint?: string;
  /**
   * In a configuration file, a list may be a map: what stands between key and value in the text of an item.
   */
  readonly entry?: string;
  /** What can be said of a single value without reading it. It refuses nothing that `read` accepts. */
  readonly form?: Form;
  /** Advice for a frequent mistake, if `text` (an item of a list, or all of it) is one. */
  advise?(text: string): string | undefined;
}

/** In the words of JSON Schema. The pattern is for texts, the bounds are for numbers. */
export interface Form {
  readonly type: readonly ('string' | 'integer' | 'number' | 'boolean')[];
  readonly enum?: readonly (string | boolean)[];
  /** Without lookaround, so that other languages understand it. */
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The items of some texts, trimmed, without empty ones. */
export function itemsIn(texts: readonly string[], separator: RegExp | string): string[] {
  return texts
    .flatMap((text) => text.split(separator))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

type SingleKind<T> = Omit<Kind<T>, 'read'> & { read(text: string): T | undefined };

export function single<T>(kind: SingleKind<T>): Kind<T> {
  return {
    ...kind,
    read: ([text, ...more]) => (text === undefined || more.length > 0 ? undefined : kind.read(text)),
  };
}

type ListKind<T> = Omit<Kind<readonly T[]>, 'read' | 'items'> & {
  /** What stands between two items. Default: a comma. */
  readonly separator?: RegExp | string;
  readItem(item: string): T | undefined;
};

/** A list whose items are each read alone, from one text or several. The same text twice counts once. */
export function listOf<T>({ separator = ',', readItem, ...kind }: ListKind<T>): Kind<readonly T[]> {
  const items = (texts: readonly string[]) => itemsIn(texts, separator);
  return {
    ...kind,
    items,
    read(texts) {
      const values = [...new Set(items(texts))].map(readItem);
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

/** The same kind, where nothing is a value, too. */
export function optional(kind: Kind<string>): Kind<string> {
  return { ...orWord('', '', kind), expects: kind.expects };
}

/** The path of a file, or empty. */
export function filePath(): Kind<string> {
  return {
    expects: 'the path of a file',
    example: '/etc/ssl/certs/company-ca.pem',
    read: ([text = '', ...more]) => (more.length === 0 ? text : undefined),
  };
}

/** `true` or `false`. */
export function flag(): Kind<boolean> {
  return single({
    expects: 'true or false',
    example: 'true',
    form: { type: ['boolean', 'string'], enum: [true, false, 'true', 'false'] },
    read: (text) => ({ true: true, false: false })[text],
  });
}

interface Range {
  readonly min: string;
  readonly max: string;
}

/** A whole number; bounds included. */
export function wholeNumber(min: number, max: number, example: string): Kind<number> {
  return single({
    expects: `a whole number from ${min} to ${max}`,
    example,
    form: { type: ['integer', 'string'], pattern: '^\\d{1,15}$', minimum: min, maximum: max },
    read(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  });
}

function measure(
  parse: (text: string) => number | undefined,
  range: Range,
  kind: Omit<SingleKind<number>, 'read'>,
): Kind<number> {
  const min = parse(range.min) ?? Number.NaN;
  const max = parse(range.max) ?? Number.NaN;
  return single({
    ...kind,
    expects: `${kind.expects} from ${range.min} to ${range.max}`,
    read(text) {
      const value = parse(text);
      return value !== undefined && value >= min && value <= max ? value : undefined;
    },
  });
}

/** A duration in milliseconds. Timers of Node.js can't wait longer than 24 days. */
export function duration(range: Range = { min: '1ms', max: '24d' }): Kind<number> {
  const isShort = (parseDurationMs(range.max) ?? 0) < (parseDurationMs(USUAL_DURATION) ?? 0);
  return measure(parseDurationMs, range, {
    expects: 'a duration',
    form: { type: ['string'], pattern: DURATION_FORM },
    example: isShort ? range.max : USUAL_DURATION,
    advise: (text) => (/^\d+$/.test(text) ? `add the unit: ${text}s or ${text}ms` : undefined),
  });
}

const USUAL_DURATION = '1h30m';

/** A duration in milliseconds, or null for `never`. */
export function durationOrNever(range = { min: '1m', max: '3650d' }): Kind<number | null> {
  const form: Form = { type: ['string'], pattern: `^never$|${DURATION_FORM}` };
  return { ...orWord('never', null, duration(range)), form };
}

/** A duration in milliseconds, or 0 for `0`. */
export function durationOrZero(range: Range): Kind<number> {
  const form: Form = { type: ['string', 'integer'], pattern: `^0$|${DURATION_FORM}`, minimum: 0, maximum: 0 };
  return { ...orWord('0', 0, duration(range)), form };
}

/** A part of a whole, from 0 to 1. */
export function share(): Kind<number> {
  return single({
    expects: 'a number from 0 to 1',
    example: '0.01',
    form: { type: ['number', 'string'], pattern: '^(0|1|0?\\.\\d{1,9}|1\\.0{1,9})$', minimum: 0, maximum: 1 },
    read(text) {
      const value = /^\d?(\.\d{1,9})?$/.test(text) && text !== '' ? Number(text) : Number.NaN;
      return value >= 0 && value <= 1 ? value : undefined;
    },
    advise(text) {
      const [, percent] = /^(\d{1,3})\s*%$/.exec(text) ?? [];
      return percent === undefined ? undefined : `write ${Number(percent) / 100}`;
    },
  });
}

function orWord<T, W>(word: string, meaning: W, { form: _, ...kind }: Kind<T>): Kind<T | W> {
  return {
    ...kind,
    expects: `${word}, or ${kind.expects}`,
    read: (texts) => (texts[0] === word && texts.length === 1 ? meaning : kind.read(texts)),
  };
}

/** A size in bytes. */
export function size(range: Range): Kind<number> {
  return measure(parseSizeBytes, range, {
    expects: 'a size',
    example: '25MiB',
    form: { type: ['string'], pattern: SIZE_FORM },
    advise(text) {
      const [, count, unit = ''] = /^(\d+)([kmg]?)i?b?$/i.exec(text) ?? [];
      if (count === undefined) return undefined;
      const spelled = { '': 'B', k: 'KiB', m: 'MiB', g: 'GiB' }[unit.toLowerCase()];
      return `sizes are whole numbers of B, KiB, MiB or GiB, as in ${count}${spelled}`;
    },
  });
}

/** A size in bytes, or `0`. */
export function sizeOrZero(range: Range): Kind<number> {
  const form: Form = { type: ['string', 'integer'], pattern: `^0$|${SIZE_FORM}`, minimum: 0, maximum: 0 };
  return { ...orWord('0', 0, size(range)), example: '512MiB', form };
}

/** One of a few words. */
export function oneOf<const W extends string>(words: readonly [W, ...W[]]): Kind<W> {
  return single({
    expects: `one of ${words.join(', ')}`,
    example: words[0],
    form: { type: ['string'], enum: words },
    read: (text) => words.find((word) => word === text),
  });
}

/** Any number of a few words; the same twice counts once. */
export function someOf<const W extends string>(words: readonly [W, ...W[]]): Kind<readonly W[]> {
  return listOf({
    expects: `any of ${words.join(', ')}, separated by commas`,
    example: words[0],
    readItem: (item) => words.find((word) => word === item),
  });
}

const MS_PER_UNIT = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const BYTES_PER_UNIT = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

const DURATION = /^(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?(?:(?<ms>\d+)ms)?$/;
const SIZE = /^(?<count>\d+)(?<unit>B|KiB|MiB|GiB)$/;

/** The same without names of groups, which not every language has. */
const DURATION_FORM = DURATION.source.replace(/\?<\w+>/g, '');
const SIZE_FORM = SIZE.source.replace(/\?<\w+>/g, '');

/** The milliseconds of a duration such as `250ms`, `10s` or `1h30m`: units from large to small, each once. */
export function parseDurationMs(text: string): number | undefined {
  const parts = text === '' ? undefined : DURATION.exec(text)?.groups;
  if (parts === undefined) return undefined;
  let totalMs = 0;
  for (const [unit, ms] of Object.entries(MS_PER_UNIT)) totalMs += Number(parts[unit] ?? 0) * ms;
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** The bytes of a size such as `512KiB` or `25MiB`: a whole number and one unit. */
export function parseSizeBytes(text: string): number | undefined {
  const parts = SIZE.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const bytes = Number(parts.count) * BYTES_PER_UNIT[parts.unit as keyof typeof BYTES_PER_UNIT];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
