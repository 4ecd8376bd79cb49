import { createServer } from 'node:net';
import { AntError } from '../../domain/errors.ts';
import { listen } from '../../http/http-server.ts';
import { askListener, type Listener, urlOf } from '../ask-listener.ts';
import { type Finding, findingsAbout } from './finding.ts';

export interface ListenerOptions extends Listener {
  readonly name: 'webhook' | 'api';
  /** Whether anybody has to know the port. */
  readonly isPublic: boolean;
}

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

async function isAntWatcher(target: Listener): Promise<boolean> {
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

/** Null if there is no response. */
async function ask(listener: Listener, path: string) {
  try {
    return await askListener(`${urlOf(listener)}${path}`, ANSWER_WITHIN_MS);
  } catch {
    return null;
  }
}
