import { Readable } from 'node:stream';
import { ERROR_CODES, type ErrorCode } from '../domain/error-codes.ts';
import { AntError } from '../domain/errors.ts';
import { Agents } from '../outbound/agents.ts';
import { DIRECT } from '../outbound/network.ts';
import { type OutboundRequest, sendRequest } from '../outbound/send-request.ts';

/** The environment variables that commands read. */
export type CommandEnvironment = Readonly<Record<string, string | undefined>>;

export interface Question {
  /** The API's base URL, as in `--url`. */
  readonly url: string;
  /** The path: `/api/v1/…`. */
  readonly path: string;
  readonly token: string | undefined;
  /** If present, the request is a POST. */
  readonly body?: object;
  /** The command that asks. */
  readonly command: string;
  /** What 404 means to the caller. */
  readonly unknown?: { readonly message: string; readonly hint: string };
  /**
   * How long the whole response may take; null: as long as parts of it keep arriving. Default: ten seconds.
   */
  readonly patienceMs?: number | null;
}

const PATIENCE_MS = 10_000;
/** A response of which nothing arrives for this long is given up. */
const STALLED_MS = 300_000;
const SHOWN = 300;

/** The API of a service with this environment, seen from the same machine. */
export function serviceUrlOf(env: CommandEnvironment): string {
  return `http://127.0.0.1:${env['ANT_WATCHER_API_PORT'] ?? 9876}`;
}

/** Returns the response of a running service. Rejects with `usage` or `command_failed`. */
export async function askService(question: Question): Promise<string> {
  return (await answerOfService(question)).text();
}

/** Like `askService`, but the body is still to be read. */
export async function answerOfService({
  url,
  path,
  token = '',
  body,
  command,
  unknown,
  patienceMs = PATIENCE_MS,
}: Question): Promise<Response> {
  const authorization = token === '' ? {} : { Authorization: `Bearer ${headerText(token)}` };
  const response = await reach(addressOf(url, path), patienceMs, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...authorization, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) return response;
  if (response.status === 404 && unknown !== undefined)
    throw new AntError('command_failed', unknown.message, { hint: unknown.hint });
  throw refused(response.status, await response.text(), { command, hasToken: token !== '' });
}

/** A slash at the end of `--url` is not part of the path. */
function addressOf(url: string, path: string): URL {
  const base = URL.canParse(url) ? new URL(url) : null;
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new AntError('usage', `"${url}" is no http:// or https:// address`, {
      hint: 'for example --url http://127.0.0.1:9876',
    });
  return new URL(`${base.href.replace(/\/+$/, '')}${path}`);
}

function headerText(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new AntError('usage', 'ANT_WATCHER_API_TOKEN holds blanks or characters that are not ASCII', {
    hint: 'set it to one of api.tokens, without a line end',
  });
}

/** The service's own message, and what to do about its code. */
function refused(
  status: number,
  text: string,
  { command, hasToken }: { readonly command: string; readonly hasToken: boolean },
): AntError {
  const { code, message } = errorIn(text);
  const advice: Readonly<Record<number, string>> = {
    400: `ant-watcher help ${command}`,
    401: hasToken
      ? 'the token in ANT_WATCHER_API_TOKEN is not one of the api.tokens of the service'
      : 'put a token into ANT_WATCHER_API_TOKEN',
    404: 'does --url name the API of ant-watcher, and not its webhook listener or another program?',
  };
  const action = code in ERROR_CODES ? ERROR_CODES[code as ErrorCode].action : `ant-watcher help ${command}`;
  return new AntError(
    status === 400 ? 'usage' : 'command_failed',
    `The service answered ${status}${code === '' ? '' : ` (${code})`}: ${message}`,
    { hint: advice[status === 429 ? 401 : status] ?? action },
  );
}

/** From `{"error": {"code", "message"}}`; anything else is shown as it is. */
function errorIn(text: string): { readonly code: string; readonly message: string } {
  try {
    const { code, message } = (JSON.parse(text) as { error: { code: unknown; message: unknown } }).error;
    return { code: String(code), message: String(message) };
  } catch {
    return { code: '', message: text.slice(0, SHOWN) };
  }
}

/** Direct: a proxy would take this machine's addresses for its own. */
async function reach(
  url: URL,
  patienceMs: number | null,
  request: Pick<OutboundRequest, 'method' | 'headers' | 'body'>,
): Promise<Response> {
  const agents = new Agents(DIRECT, { timeoutMs: patienceMs ?? 0 });
  const signal = patienceMs === null ? new AbortController().signal : AbortSignal.timeout(patienceMs);
  try {
    const answer = await sendRequest(url, { ...request, agents, signal });
    answer.setTimeout(STALLED_MS, () => answer.destroy(new Error('nothing more of the answer came')));
    const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return new Response(Readable.toWeb(answer) as ReadableStream, {
      status: answer.statusCode ?? 500,
      headers,
    });
  } catch (error) {
    throw unreached(url, error);
  }
}

function unreached({ origin, protocol }: URL, error: unknown): AntError {
  const code = codeOf(error);
  const failed = (message: string, hint: string) =>
    new AntError('command_failed', `${message} (${code})`, { cause: error, hint });
  if (/CERT|VERIFY/.test(code))
    return failed(
      `The certificate of ${origin} is not trusted`,
      'name a file with the certificate, or with that of who signed it, in NODE_EXTRA_CA_CERTS, and the host as the certificate does',
    );
  if (code === 'EPROTO')
    return failed(`${origin} does not speak TLS`, 'name it with http://, if it is ant-watcher without TLS');
  if (code === 'ECONNRESET' && protocol === 'http:')
    return failed(
      `${origin} closed the connection`,
      'if the service has a certificate, name it with https://',
    );
  return failed(`No answer from ${origin}`, 'start the service, or name its API address with --url');
}

/**
 * The code of the system, or of a certificate error
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes); errors without a code have a message.
 */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
