import { isIP } from 'node:net';
import { pathOf } from '../http/request-path.ts';
import { parseDurationMs, parseSizeBytes } from './units.ts';

/*
 * The kinds of values that a setting may have. Every source (flag, environment, file) provides text, so one
 * parser per kind is enough, and `8080` means the same everywhere.
 */

/** What `print-config` shows in place of a secret; never accepted as one. */
export const SECRET_PLACEHOLDER = '<secret>';

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
  /** Advice for a frequent mistake, if `text` (an item of a list, or all of it) is one. */
  advise?(text: string): string | undefined;
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

/** The same kind, where nothing is a value, too. */
export function optional(kind: Kind<string>): Kind<string> {
  return { ...kind, read: (texts) => (texts.length === 1 && texts[0] === '' ? '' : kind.read(texts)) };
}

/** The path of a file, or empty. */
export function filePath(): Kind<string> {
  return {
    expects: 'the path of a file',
    example: '/etc/ssl/certs/company-ca.pem',
    read: ([text = '', ...more]) => (more.length === 0 ? text : undefined),
  };
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
    read(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  });
}

/** A TCP port. With 0, the system chooses a free one. */
export function port(): Kind<number> {
  return {
    ...wholeNumber(0, 65_535, '8080'),
    advise: (text) =>
      /^(tcp|udp|sctp):\/\//.test(text)
        ? 'Kubernetes sets this variable for a Service of that name: set enableServiceLinks to false in the pod'
        : undefined,
  };
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
  return measure(parseDurationMs, range, {
    expects: 'a duration',
    example: '1h30m',
    advise: (text) => (/^\d+$/.test(text) ? `add the unit: ${text}s or ${text}ms` : undefined),
  });
}

/** A size in bytes. */
export function size(range: Range): Kind<number> {
  return measure(parseSizeBytes, range, {
    expects: 'a size',
    example: '25MiB',
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
  const kind = size(range);
  return {
    ...kind,
    expects: `0, or ${kind.expects}`,
    example: '512MiB',
    read: (texts) => (texts[0] === '0' && texts.length === 1 ? 0 : kind.read(texts)),
  };
}

/** One of a few words. */
export function oneOf<const W extends string>(words: readonly [W, ...W[]]): Kind<W> {
  return single({
    expects: `one of ${words.join(', ')}`,
    example: words[0],
    read: (text) => words.find((word) => word === text),
  });
}

/** An address to listen on: an IP address or a host name, without port. */
export function host(): Kind<string> {
  return single({
    expects: 'an IP address or a host name, without a port',
    example: '127.0.0.1',
    read: (text) =>
      isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text) ? text : undefined,
    advise: (text) => (text.includes(':') ? 'the port is a setting of its own' : undefined),
  });
}

/** The path of a URL, as in a request line. `taken` is already in use. */
export function urlPath(taken: string): Kind<string> {
  return single({
    expects: `a URL path that begins with / and is not ${taken}`,
    example: '/webhook',
    read: (text) =>
      /^\/[\x21\x22\x24-\x3e\x40-\x7e]*$/.test(text) && pathOf(text) !== taken ? text : undefined,
  });
}

/** Where the state is stored. */
export function storageUrl(): Kind<string> {
  return single({
    expects: 'sqlite:PATH or memory:',
    example: 'sqlite:data/ant-watcher.db',
    read: (text) => (text === 'memory:' || /^sqlite:(?!\/\/)./.test(text) ? text : undefined),
    advise: (text) =>
      text.startsWith('sqlite://')
        ? 'write sqlite:PATH without the two slashes, as in sqlite:/var/lib/ant-watcher.db'
        : undefined,
  });
}

/** Secrets, one per line, as they are except for line breaks. */
export function secretLines(): Kind<readonly string[]> {
  return {
    expects: 'a secret, or several, one per line',
    example: SECRET_PLACEHOLDER,
    items: linesIn,
    joint: '\n',
    read(texts) {
      const secrets = linesIn(texts);
      return secrets.some((line) => faultOfSecret(line) !== undefined) ? undefined : secrets;
    },
    advise: (text) =>
      text
        .split(/\r?\n/)
        .map(faultOfSecret)
        .find((fault) => fault !== undefined),
  };
}

function linesIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(/\r?\n/)).filter((line) => line !== '');
}

/** What no secret contains, but files of secrets do: the other side would never send it. */
function faultOfSecret(line: string): string | undefined {
  if (line === SECRET_PLACEHOLDER)
    return `${SECRET_PLACEHOLDER} is only what print-config shows: put the secret itself`;
  if (line.includes('\0') || line.includes('\uFFFD'))
    return 'it is not in UTF-8: save the file as UTF-8, without NUL bytes';
  if (/(?!\t)[\p{Cc}\p{Cf}]/u.test(line))
    return 'it contains an invisible character, such as a byte order mark: type it again';
  return /^\s|\s$/.test(line) ? 'a line of it begins or ends with a blank: remove that' : undefined;
}

/** Tokens, one per line, as they are sent after `Bearer`. */
export function tokenLines(): Kind<readonly string[]> {
  const lines = secretLines();
  return {
    ...lines,
    read(texts) {
      const tokens = lines.read(texts);
      return tokens?.some((token) => WITH_SCHEME.test(token)) ? undefined : tokens;
    },
    advise: (text) =>
      lines.advise?.(text) ??
      (text.split(/\r?\n/).some((line) => WITH_SCHEME.test(line))
        ? 'put the token alone, without the word Bearer before it'
        : undefined),
  };
}

const WITH_SCHEME = /^(bearer|token|basic)\s/i;
