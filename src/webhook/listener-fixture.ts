import { createHmac } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { Inbox, Logger } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import { IncrementSums } from '../domain/metric.ts';
import { openWebhookListener, type WebhookListenerOptions } from './listener.ts';
import { type WebhookRules, type WebhookRuleValues, webhookRules } from './rules.ts';

/*
 * For tests: a listener on a free port with an inbox that tells what it got, and clients for it.
 */

export const SECRET = 'a secret of the test';
export const GUID = '4854ec10-8e69-11ef-8dcb-f963cd3ecfcc';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export function sign(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** The headers of a correct delivery of this body. */
export function headersFor(body: string | Buffer, event = 'workflow_job'): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'X-GitHub-Event': event,
    'X-GitHub-Delivery': GUID,
    'X-Hub-Signature-256': sign(body),
  };
}

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

function recordingLogger(lines: Line[]): Logger {
  const at = (level: string) => (message: string, fields?: object) =>
    void lines.push({ level, message, ...fields });
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}

export interface FixtureOptions extends Partial<Omit<WebhookListenerOptions, 'rules'>> {
  readonly rules?: Partial<WebhookRuleValues>;
}

const LIMITS = {
  rateLimit: 1_000_000,
  rateLimitPerAddress: 1_000_000,
  maxConnections: 1000,
  maxConnectionsPerAddress: 1000,
  maxWaiting: 100,
};

/** Settings that let everybody in who knows the secret, but for what is told. */
export function rulesWith(values: Partial<WebhookRuleValues> = {}): WebhookRules {
  return webhookRules({
    secrets: [SECRET],
    allowedIps: { ranges: [], github: false },
    trustedProxies: [],
    ...LIMITS,
    ...values,
  });
}

/** Opens a listener that is closed at the end of the test. */
export async function openFixture(
  context: TestContext,
  { rules: values = {}, ...options }: FixtureOptions = {},
) {
  let rules = rulesWith(values);
  const sums = new IncrementSums();
  const lines: Line[] = [];
  const accepted: Delivery[] = [];
  const seen = new Set<string>();
  const inbox: Inbox = {
    async accept(deliveries) {
      accepted.push(...deliveries);
      return deliveries.map(({ guid }) => (seen.size < seen.add(guid).size ? 'accepted' : 'duplicate'));
    },
  };
  const agent = new Agent({ keepAlive: true });
  const listener = await openWebhookListener({
    host: '127.0.0.1',
    port: 0,
    path: '/webhook',
    rules: () => rules,
    githubAddresses: { has: () => null },
    bodyLimitBytes: 100_000,
    headerTimeoutMs: 5000,
    bodyTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    isShortOfMemory: () => false,
    inbox,
    meter: { add: (increments) => sums.add(increments) },
    logger: recordingLogger(lines),
    clock: () => Date.parse('2024-10-19T22:27:12.001Z'),
    read: (event, payload) => ({
      action: String((payload as { action?: unknown }).action),
      payload: `${event} read`,
    }),
    ...options,
  });
  let closed: Promise<void> | null = null;
  const close = () => (closed ??= listener.close());
  context.after(async () => {
    agent.destroy();
    await close();
  });
  const { port } = listener.address;
  const change = (changed: Partial<WebhookRuleValues>) => {
    rules = rulesWith({ ...values, ...changed });
  };
  return { listener, port, agent, accepted, lines, close, change, counts: () => countsOf(sums) };
}

/** What was counted since the last call: `name{labels} cell` → sum. What stands at 0 from the start is left out. */
function countsOf(sums: IncrementSums): Record<string, number> {
  return Object.fromEntries(
    sums
      .take()
      .filter(({ delta }) => delta !== 0)
      .map(({ metric, labels, cell, delta }) => [
        `${metric.replace('ant_watcher_', '')}{${labels.join()}}${cell === 0 ? '' : ` ${cell}`}`,
        delta,
      ]),
  );
}

export interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
  /** The sender's own address: all of 127.0.0.0/8 is this machine. */
  readonly from?: string;
}

/** Sends one request and answers what came back. A header that is undefined is left out. */
export async function send(port: number, sending: Sending = {}): Promise<Answer> {
  const { method = 'POST', path = '/webhook', body = '{"action":"queued"}', agent, from } = sending;
  const given = Object.entries({ ...headersFor(body), ...sending.headers }).filter(
    ([, value]) => value !== undefined,
  );
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = Object.fromEntries(given) as Record<string, string>;
  const outgoing = request({
    ...{ host: '127.0.0.1', port, method, path, headers },
    ...(agent && { agent }),
    ...(from !== undefined && { localAddress: from }),
  });
  outgoing.on('error', reject);
  outgoing.on('response', async (response) => {
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) });
  });
  outgoing.end(method === 'GET' || method === 'HEAD' ? undefined : body);
  return promise;
}

/** Opens a bare connection; `received` is all that came until it was closed. `stubborn`: it does not end by itself. */
export function openRaw(port: number, { stubborn = false, from = '127.0.0.1' } = {}) {
  const address = { host: '127.0.0.1', port, localAddress: from };
  const socket = connect({ ...address, noDelay: true, allowHalfOpen: stubborn });
  let received = '';
  socket.on('data', (data) => {
    received += data;
  });
  socket.on('error', () => {}); // a reset is seen as the end of what was received
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
  return { socket, ended, received: () => received };
}

/** The head of a delivery as it is on the wire, with these lines instead of Content-Length. */
export function rawHead(body: string | Buffer, ...lines: string[]): string {
  const fields = Object.entries(headersFor(body)).map(([name, value]) => `${name}: ${value}`);
  return ['POST /webhook HTTP/1.1', 'Host: localhost', ...fields, ...lines, '', ''].join('\r\n');
}

/** Waits until `isTrue`, for at most five seconds. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let i = 0; !isTrue(); i++) {
    if (i > 1000) throw new Error(`Waited in vain for ${isTrue}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
