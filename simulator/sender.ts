import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createLatencies, type Latencies } from './latencies.ts';
import type { Outcome, SignedRequest } from './signed-request.ts';

/** The outcomes of everything sent so far. */
export interface SendCounts {
  readonly sent: number;
  readonly inProgress: number;
  /** Answers by HTTP status. */
  readonly byStatus: ReadonlyMap<number, number>;
  /** Requests without an answer, by error code. */
  readonly unanswered: ReadonlyMap<string, number>;
  readonly latencies: Latencies;
}

/** Posts deliveries, several at a time, each once: like GitHub, it never retries. */
export interface Sender extends AsyncDisposable {
  readonly counts: SendCounts;
  /** Resolves when there is room for another request; the answer is only counted. */
  send(envelope: SignedRequest): Promise<void>;
  /** Resolves when everything sent is answered or has failed. */
  settle(): Promise<void>;
}

/** As long as GitHub waits for an answer. */
const TIMEOUT_MS = 10_000;

/** A sender that has at most `concurrency` requests under way, over connections that are kept. */
export function createSender(url: URL, concurrency: number): Sender {
  const isHttps = url.protocol === 'https:';
  const agent = new (isHttps ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: concurrency });
  const open = isHttps ? httpsRequest : httpRequest;
  const byStatus = new Map<number, number>();
  const unanswered = new Map<string, number>();
  const latencies = createLatencies();
  let sent = 0;
  let inProgress = 0;
  let roomMade = () => {};
  let allDone = () => {};

  const finish = () => {
    inProgress--;
    roomMade();
    if (inProgress === 0) allDone();
  };
  const post = async ({ headers, body, answered }: SignedRequest) => {
    sent++;
    inProgress++;
    const beginMs = performance.now();
    const options = { method: 'POST', headers: withLength(headers, body), agent, timeout: TIMEOUT_MS };
    const answer = await exchange(open(url, options), body).catch(
      (err: NodeJS.ErrnoException): Answered => ({ ...UNANSWERED, error: err.code ?? String(err) }),
    );
    const tookMs = performance.now() - beginMs;
    if (answer.status === null) increase(unanswered, answer.error ?? '');
    else {
      increase(byStatus, answer.status);
      latencies.add(tookMs);
    }
    answered?.({ ...answer, tookMs });
    finish();
  };
  return {
    counts: {
      get sent() {
        return sent;
      },
      get inProgress() {
        return inProgress;
      },
      byStatus,
      unanswered,
      latencies,
    },
    async send(envelope) {
      void post(envelope);
      if (inProgress >= concurrency) await new Promise<void>((resolve) => (roomMade = resolve));
    },
    async settle() {
      if (inProgress > 0) await new Promise<void>((resolve) => (allDone = resolve));
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
    },
  };
}

/** How many got a status other than 2xx, or no answer. */
export function refusals(counts: SendCounts): number {
  let refused = 0;
  for (const [status, count] of counts.byStatus) if (status < 200 || status > 299) refused += count;
  for (const count of counts.unanswered.values()) refused += count;
  return refused;
}

type Answered = Omit<Outcome, 'tookMs'>;

const UNANSWERED: Answered = { status: null, error: null, headers: {}, body: '' };

/** Sends the body and resolves once the whole answer has arrived. */
function exchange(request: ClientRequest, body: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    request.on('response', (response: IncomingMessage) => {
      const parts: string[] = [];
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (part: string) => parts.push(part));
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, error: null, headers, body: parts.join('') });
      });
    });
    request.on('timeout', () =>
      request.destroy(Object.assign(new Error('No answer.'), { code: 'ETIMEDOUT' })),
    );
    request.on('error', reject);
    request.end(body);
  });
}

function withLength(headers: SignedRequest['headers'], body: string): Record<string, string | number> {
  return { ...headers, 'Content-Length': Buffer.byteLength(body) };
}

function increase<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
