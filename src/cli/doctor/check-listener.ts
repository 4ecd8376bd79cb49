import { once } from 'node:events';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { AntError } from '../../domain/errors.ts';
import { listen } from '../../http/http-server.ts';
import { type Finding, findingsAbout } from './finding.ts';

export interface ListenerOptions {
  /** `webhook` or `api`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Whether anybody has to know the port. */
  readonly isPublic: boolean;
  /** Whether it speaks TLS. */
  readonly isSecure: boolean;
}

/** Where a listener can be reached. */
type Target = Pick<ListenerOptions, 'host' | 'port' | 'isSecure'>;

const ANSWER_WITHIN_MS = 3000;

/** Whether the address is free, or ant-watcher already listens on it. */
export async function checkListener(options: ListenerOptions): Promise<Finding[]> {
  const { name, host, port, isPublic } = options;
  const { ok, warning, failed } = findingsAbout(`${name} listener`);
  if (port === 0) {
    const what = 'takes any free port';
    return isPublic ? [warning(what, `GitHub has to know the address: set ${name}.port`)] : [ok(what)];
  }
  const problem = await problemOfBinding(host, port);
  if (problem === null) return [ok(`${host} port ${port} is free`)];
  if (await isAntWatcher(options)) return [await judgeRunning(options)];
  return [failed(problem.message, problem.hint ?? `choose another ${name}.host or ${name}.port`)];
}

async function problemOfBinding(host: string, port: number): Promise<AntError | null> {
  const server = createServer();
  try {
    await listen(server, { host, port });
    return null;
  } catch (error) {
    if (error instanceof AntError) return error;
    throw error;
  } finally {
    server.close();
  }
}

async function isAntWatcher(target: Target): Promise<boolean> {
  const answer = await ask(target, '/livez');
  return answer?.status === 200 && answer.text === '{"status":"ok"}';
}

/**
 * Asks the API whether a delivery can be accepted: the webhook listener has no such path, and would log the
 * request as refused.
 */
async function judgeRunning(options: ListenerOptions): Promise<Finding> {
  const { name, host, port } = options;
  const { ok, failed } = findingsAbout(`${name} listener`);
  const readiness = name === 'api' ? await ask(options, '/readyz') : null;
  return readiness?.status === 503
    ? failed(`the ant-watcher on port ${port} can't accept deliveries: ${readiness.text}`, 'look at its log')
    : ok(`${host} port ${port} is held by an ant-watcher that lives`);
}

/**
 * Null if there is no response. The certificate is not checked: it is for another name than the one used
 * here, and nothing secret is sent.
 */
async function ask({ host, port, isSecure }: Target, path: string) {
  const url = `${isSecure ? 'https' : 'http'}://${reachable(host)}:${port}${path}`;
  const options = { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), agent: false as const };
  try {
    const asked = isSecure
      ? requestSecure(url, { ...options, rejectUnauthorized: false })
      : requestPlain(url, options);
    const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage];
    return { status: answer.statusCode, text: await text(answer) };
  } catch {
    return null;
  }
}

/** Where something that listens on `host` can be reached from this machine. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
