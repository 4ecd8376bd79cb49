import { readFileSync } from 'node:fs';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { AntError } from '../src/domain/errors.ts';
import { nearestName } from '../src/domain/nearest-name.ts';

/*
 * The flags that simulate and replay share, and the parsing of flag values. A wrong value
 * is an AntError with the code `usage`.
 */

/** What a command reads from and writes to. */
export interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Where to ask, if it is a terminal. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted: stop. By default, SIGINT and SIGTERM stop the command. */
  readonly signal?: AbortSignal;
}

export const SENDING_FLAGS = {
  url: { type: 'string' },
  secret: { type: 'string' },
  concurrency: { type: 'string', default: '16' },
  rate: { type: 'string' },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsOptionsConfig;

export const SENDING_HELP = `  --yes              do not ask before a service counts the deliveries permanently. Without a terminal to ask at,
                     only a service on this machine gets anything without this flag
  --secret TEXT      the webhook secret (default: ANT_WATCHER_WEBHOOK_SECRET, or the file that ANT_WATCHER_WEBHOOK_SECRET_FILE
                     names, which uses its first line)
  --concurrency N    concurrent requests (default 16)
  --rate N           maximum deliveries per second (default: as fast as they are answered)`;

/** Parses flags and other arguments; `command` is named in the hint. */
export function readFlags<T extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (err) {
    // parseArgs explains at length; the first sentence says what is wrong.
    const message = String((err as Error).message).split('. ')[0] ?? '';
    const [, unknown] = /^Unknown option '(--[^']+)'$/.exec(message) ?? [];
    const nearest =
      unknown &&
      nearestName(
        unknown,
        Object.keys(options).map((name) => `--${name}`),
      );
    if (nearest === undefined) throw wrong(command, message);
    throw new AntError('usage', message, { hint: `did you mean ${nearest}?` });
  }
}

/** The error for an invalid command line. */
export function wrong(command: string, message: string): AntError {
  return new AntError('usage', message, { hint: `ant-watcher help ${command} shows its flags` });
}

/** A number between `least` and `most`. */
export function readNumber(
  command: string,
  flag: string,
  text: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER, whole = false } = {},
): number {
  const value = Number(text);
  const isNumber = text.trim() !== '' && Number.isFinite(value) && (!whole || Number.isInteger(value));
  if (isNumber && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw wrong(command, `--${flag} must be a ${whole ? 'whole ' : ''}number ${range}, not "${text}"`);
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration such as `90s` or `12h`, in milliseconds. */
export function readDuration(command: string, flag: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit ?? ''];
  if (amount !== undefined && unitMs !== undefined) return Number(amount) * unitMs;
  throw wrong(command, `--${flag} must be a duration such as 90s, 30m or 12h, not "${text}"`);
}

/** The webhook address of a service with default settings on this machine. */
const DEFAULT_URL = 'http://127.0.0.1:8080/webhook';

/** Where and how to send. */
export interface Sending {
  readonly url: URL;
  readonly concurrency: number;
  /** Deliveries per second, or undefined for no limit. */
  readonly rate: number | undefined;
}

export function readSending(
  command: string,
  flags: { url?: string | undefined; concurrency: string; rate?: string | undefined },
): Sending {
  const url = URL.parse(flags.url ?? DEFAULT_URL);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw wrong(command, `--url must be an http or https address, not "${flags.url}"`);
  }
  return {
    url,
    concurrency: readNumber(command, 'concurrency', flags.concurrency, { least: 1, most: 1000, whole: true }),
    rate: flags.rate === undefined ? undefined : readNumber(command, 'rate', flags.rate, { least: 0.001 }),
  };
}

/** The secret to sign with, or undefined when none is set anywhere. */
export function readSecret(
  command: string,
  flag: string | undefined,
  env: CommandIo['env'],
): string | undefined {
  const secret = firstLine(flag ?? env.ANT_WATCHER_WEBHOOK_SECRET ?? '');
  if (secret !== undefined) return secret;
  const file = env.ANT_WATCHER_WEBHOOK_SECRET_FILE;
  if (file === undefined || file === '') return undefined;
  try {
    return firstLine(readFileSync(file, 'utf8'));
  } catch (err) {
    throw wrong(command, `ANT_WATCHER_WEBHOOK_SECRET_FILE cannot be read: ${(err as Error).message}`);
  }
}

/** The service accepts the secret on any line, as it is except for the line end. */
function firstLine(text: string): string | undefined {
  return text.split(/\r?\n/).find((line) => line !== '');
}

/** The same, for commands that require a secret. */
export function requireSecret(command: string, flag: string | undefined, env: CommandIo['env']): string {
  const secret = readSecret(command, flag, env);
  if (secret !== undefined) return secret;
  throw new AntError('usage', 'No webhook secret to sign with', {
    hint: 'set the secret of the service: --secret, ANT_WATCHER_WEBHOOK_SECRET or ANT_WATCHER_WEBHOOK_SECRET_FILE',
  });
}
