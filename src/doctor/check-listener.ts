import { createServer } from 'node:net';
import { AntError } from '../domain/errors.ts';
import { listen } from '../middleware/listen.ts';
import { type Finding, findingsAbout } from './finding.ts';

export interface ListenerOptions {
  /** `webhook` or `api`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Whether somebody has to know the port. */
  readonly isPublic: boolean;
}

const ANSWER_WITHIN_MS = 3000;

/** Whether the address can be listened on, or ant-watcher does so already. */
export async function checkListener({ name, host, port, isPublic }: ListenerOptions): Promise<Finding[]> {
  const { ok, warning, failed } = findingsAbout(`${name} listener`);
  if (port === 0) {
    const what = 'takes any free port';
    return isPublic ? [warning(what, `GitHub has to know the address: set ${name}.port`)] : [ok(what)];
  }
  const problem = await problemOfBinding(host, port);
  if (problem === null) return [ok(`${host} port ${port} is free`)];
  if (await isAntWatcher(host, port)) return [await judgeRunning({ name, host, port })];
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

async function isAntWatcher(host: string, port: number): Promise<boolean> {
  const answer = await ask(host, port, '/livez');
  return answer?.status === 200 && answer.text === '{"status":"ok"}';
}

/** The API tells whether a delivery can be accepted; the webhook listener knows no such path, and would log the request as refused. */
async function judgeRunning({ name, host, port }: Omit<ListenerOptions, 'isPublic'>): Promise<Finding> {
  const { ok, failed } = findingsAbout(`${name} listener`);
  const readiness = name === 'api' ? await ask(host, port, '/readyz') : null;
  return readiness?.status === 503
    ? failed(`the ant-watcher on port ${port} can't accept deliveries: ${readiness.text}`, 'look at its log')
    : ok(`${host} port ${port} is held by an ant-watcher that lives`);
}

/** Null: there is no answer. */
async function ask(host: string, port: number, path: string) {
  const url = `http://${reachable(host)}:${port}${path}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
}

/** Where something that listens on `host` can be asked from this machine. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
