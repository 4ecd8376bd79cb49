import { AntError } from '../../domain/errors.ts';
import { askListener, type Listener, urlOf } from '../ask-listener.ts';

export const healthHelp = `Usage: ant-watcher health [--live] [--url URL] [--config FILE] [--SETTING VALUE]…

For probes where there is no curl: asks the running service whether it can accept a delivery now (GET /readyz), and
prints one line. Where its API listens is taken from the settings, as serve takes them. No token is needed.

  --live      ask only whether the process runs (GET /livez)
  --url URL   the API of the service; no settings are read. Needed where api.port is 0

Exit code 0: yes. 1: no, or no answer within four seconds. 2: the command line or the configuration is wrong.

Examples:
  HEALTHCHECK CMD ["/app/bin/ant-watcher", "health"]
  ant-watcher health --live --url https://127.0.0.1:9876
`;

export interface HealthFlags {
  readonly path: '/readyz' | '/livez';
  /** Undefined: the settings say it. */
  readonly url: string | undefined;
  /** Those that are for settings. */
  readonly rest: readonly string[];
}

/** Throws `usage`. */
export function healthFlags(args: readonly string[]): HealthFlags {
  const rest: string[] = [];
  let [path, url]: [HealthFlags['path'], string | undefined] = ['/readyz', undefined];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--live') path = '/livez';
    else if (arg === '--url') url = baseUrlOf(args[++at]);
    else if (arg.startsWith('--url=')) url = baseUrlOf(arg.slice('--url='.length));
    else rest.push(arg);
  }
  if (url !== undefined && rest.length > 0)
    throw wrong(`with --url, ${rest[0]?.split('=')[0]} has no meaning`, 'no settings are read then');
  return { path, url, rest };
}

function baseUrlOf(text = ''): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw wrong(
      '--url needs an address that begins with http:// or https://',
      'for example http://127.0.0.1:9876',
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** The URL of the API that the settings name. Throws `usage` if they name none. */
export function apiUrlOf({
  host,
  port,
  tlsCertFile,
}: {
  readonly host: string;
  readonly port: number;
  readonly tlsCertFile: string;
}): string {
  if (port === 0) throw wrong('api.port is 0, so that its address is not known', 'give it with --url');
  return urlOf({ host, port, isSecure: tlsCertFile !== '' } satisfies Listener);
}

function wrong(message: string, hint: string): AntError {
  return new AntError('usage', `health: ${message}`, { hint });
}

/** Shorter than any probe waits, and longer than `/readyz` takes: two seconds. */
const WITHIN_MS = 4000;

/** Asks, prints one line, and returns the exit code. */
export async function runHealth(
  url: string,
  stdout: NodeJS.WritableStream,
  withinMs = WITHIN_MS,
): Promise<number> {
  const [isOk, line] = await judge(url, withinMs);
  stdout.write(`${line}\n`);
  return isOk ? 0 : 1;
}

async function judge(url: string, withinMs: number): Promise<[isOk: boolean, line: string]> {
  try {
    const { status, text } = await askListener(url, withinMs);
    if (status === 200 && text === '{"status":"ok"}') return [true, `ok: ${url}`];
    return [false, `not ok: ${url} answered ${status}: ${messageIn(text)}`];
  } catch (error) {
    return [false, `not ok: no answer from ${url} (${reasonOf(error)})`];
  }
}

const SHOWN = 200;

/** The message of an error of the API; anything else is shown as it is, in one line. */
function messageIn(text: string): string {
  const line = (value: unknown) =>
    String(value)
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, SHOWN);
  try {
    return line((JSON.parse(text) as { error: { message: unknown } }).error.message);
  } catch {
    return line(text);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return 'it takes too long';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
