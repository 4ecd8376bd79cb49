import { Readable } from 'node:stream';
import { AntError } from '../domain/errors.ts';
import { Agents } from '../outbound/agents.ts';
import { DIRECT } from '../outbound/network.ts';
import { type Request, sendRequest } from '../outbound/send-request.ts';

/** The variables of the environment that commands look at. */
export type CommandEnvironment = Readonly<Record<string, string | undefined>>;

export interface Question {
  readonly url: string;
  readonly token: string | undefined;
  /** With one it is a POST. */
  readonly body?: object;
  /** The command that asks. */
  readonly command: string;
  /** What 404 means to whoever asks. */
  readonly unknown?: { readonly message: string; readonly hint: string };
  /** How long the whole answer may take; null: as long as something of it comes now and then. Unless told ten seconds. */
  readonly patienceMs?: number | null;
}

const PATIENCE_MS = 10_000;
/** An answer of which nothing came for so long is given up. */
const STALLED_MS = 300_000;
const SHOWN = 300;

/** Where the API of a service with this environment is, seen from the same machine. */
export function serviceUrlOf(env: CommandEnvironment): string {
  return `http://127.0.0.1:${env['ANT_WATCHER_API_PORT'] ?? 9876}`;
}

/** What a running service answers. Rejects with `command_failed`. */
export async function askService(question: Question): Promise<string> {
  return (await answerOfService(question)).text();
}

/** As `askService`, with the body still to be read. */
export async function answerOfService({
  url,
  token,
  body,
  command,
  unknown,
  patienceMs = PATIENCE_MS,
}: Question): Promise<Response> {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await reach(url, patienceMs, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...authorization, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) return response;
  const text = await response.text();
  if (response.status === 404 && unknown !== undefined)
    throw new AntError('command_failed', unknown.message, { hint: unknown.hint });
  throw new AntError('command_failed', `The service answered ${response.status}: ${text.slice(0, SHOWN)}`, {
    hint: response.status === 401 ? 'put a token into ANT_WATCHER_API_TOKEN' : `ant-watcher help ${command}`,
  });
}

/** Straight there: a proxy would look for this machine's own addresses on itself. */
async function reach(
  url: string,
  patienceMs: number | null,
  request: Pick<Request, 'method' | 'headers' | 'body'>,
): Promise<Response> {
  if (!URL.canParse(url))
    throw new AntError('usage', `${url} is no address`, { hint: 'for example --url http://127.0.0.1:9876' });
  const agents = new Agents(DIRECT, { timeoutMs: patienceMs ?? 0 });
  const signal = patienceMs === null ? new AbortController().signal : AbortSignal.timeout(patienceMs);
  try {
    const answer = await sendRequest(new URL(url), { ...request, agents, signal });
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
    throw unreached(new URL(url).origin, error);
  }
}

function unreached(origin: string, error: unknown): AntError {
  const code = codeOf(error);
  if (/CERT|VERIFY/.test(code))
    return new AntError('command_failed', `The certificate of ${origin} is not trusted (${code})`, {
      cause: error,
      hint: 'name a file with the certificate, or with that of who signed it, in NODE_EXTRA_CA_CERTS, and the host as the certificate does',
    });
  return new AntError('command_failed', `Nobody answers at ${origin} (${code})`, {
    cause: error,
    hint: 'start the service, or name its API address with --url',
  });
}

/** Of the system, or of a certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes); what has none says it in words. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
