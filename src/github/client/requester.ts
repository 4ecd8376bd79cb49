import type { Clock, Meter } from '../../domain/contracts.ts';
import { type ApiResult, CUT_OFF, PRIORITIES, type Priority } from '../../domain/github-api.ts';
import { countOf, zerosOf } from '../../domain/metric.ts';
import { SELF } from '../../domain/own-metrics.ts';
import type { Agents } from '../../outbound/agents.ts';
import { answerAttributes } from '../../outbound/answer-attributes.ts';
import { exchange, type HttpResponse } from '../../outbound/exchange.ts';
import type { Sleep } from '../../timing/sleep.ts';
import { traced } from '../../timing/traced.ts';
import { type ApiRequest, conclude, type RequestProgress, type Step } from './conclude.ts';
import type { CachedAnswer, ConditionalCache } from './conditional-cache.ts';
import type { Credential, CredentialRefusals } from './credentials.ts';
import type { Gate, RateReport } from './gate.ts';
import type { Distrust, Forbid } from './notices.ts';
import { readQuota, type ServerClock } from './response-headers.ts';
import { judge, type Verdict } from './verdict.ts';

export interface RequesterOptions {
  readonly baseUrl: string;
  readonly version: string;
  readonly agents: Agents;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly longestWaitMs: number;
  readonly gate: Gate;
  readonly cache: ConditionalCache;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly meter: Meter;
  readonly forbid: Forbid;
  readonly distrust: Distrust;
  readonly refusals: CredentialRefusals;
  readonly closing: AbortSignal;
}

/**
 * Every supported server has this version, and GitHub keeps it until 2028 at least
 * (https://docs.github.com/rest/about-the-rest-api/api-versions).
 */
const API_VERSION = '2022-11-28';

const CLOSED: ApiResult<never> = {
  kind: 'failed',
  reason: CUT_OFF,
  retryAtMs: null,
};

/** Sends requests, each with its redirects and retries until there is a result. */
export class Requester {
  readonly #options: RequesterOptions;
  /** The resource that each route is counted for, as far as answers have shown. */
  readonly #resources = new Map<string, string>();

  constructor(options: RequesterOptions) {
    this.#options = options;
    options.meter.add([...zerosOf(SELF.githubCacheHits), ...zerosOf(SELF.githubWait, PRIORITIES)]);
  }

  async run(request: ApiRequest): Promise<ApiResult<unknown>> {
    let progress: RequestProgress = {
      url: request.url,
      credentials: request.credentials,
      failures: 0,
      redirects: 0,
      limits: 0,
      isRenewed: false,
    };
    for (;;) {
      const step = await this.#step(request, progress);
      if ('answer' in step) return step.answer;
      progress = step.progress;
      if (step.waitMs > 0) await this.#wait(request.priority, step.waitMs);
    }
  }

  /** Sends the request once, if the gate allows it. */
  async #step(request: ApiRequest, progress: RequestProgress): Promise<Step> {
    const { gate, clock, closing } = this.#options;
    const names = progress.credentials.map(({ name }) => name);
    const [first, ...others] = names;
    if (first === undefined) throw new TypeError('a request needs a credential');
    const sinceMs = clock();
    const entered = await gate.enter({
      credentials: [first, ...others],
      resource: this.#resources.get(request.route) ?? 'core',
      priority: request.priority,
      points: request.method === 'GET' ? 1 : 5,
      isNested: request.isNested,
    });
    this.#countWait(request.priority, clock() - sinceMs);
    if (closing.aborted && 'retryAtMs' in entered) return { answer: CLOSED };
    if ('retryAtMs' in entered) {
      const reason = 'the rate limit leaves nothing for this; do other programs use the same login?';
      return { answer: { kind: 'failed', reason, retryAtMs: entered.retryAtMs } };
    }
    let report: RateReport | null = null;
    try {
      const credential = progress.credentials.find(({ name }) => name === entered.credential);
      if (credential === undefined) throw new TypeError(`${entered.credential} was not asked for`);
      const sent = await this.#send(request, progress, credential);
      report = sent.report;
      return sent.step;
    } finally {
      entered.leave(report);
    }
  }

  async #send(
    request: ApiRequest,
    progress: RequestProgress,
    credential: Credential,
  ): Promise<{ readonly step: Step; readonly report: RateReport | null }> {
    const authorization = await credential.authorize();
    if ('answer' in authorization) {
      const credentials = progress.credentials.filter((each) => each !== credential);
      if (credentials.length === 0) return { step: authorization, report: null };
      return { step: { progress: { ...progress, credentials }, waitMs: 0 }, report: null };
    }
    const { cache, clock, serverClock, closing } = this.#options;
    const { header } = authorization;
    const cached = request.isConditional ? cache.find(progress.url.href, credential.name) : undefined;
    const answer = await traced(
      () => ({
        name: `${request.method} ${request.route}`,
        kind: 'client',
        attributes: { 'http.request.method': request.method, 'server.address': progress.url.host },
      }),
      async (work) => {
        const received = await this.#exchange(request, progress.url, header, cached);
        if (work !== null) Object.assign(work.attributes, answerAttributes(received));
        return received;
      },
    );
    const known = { ...this.#options, request, progress, credential, header, cached };
    if ('failure' in answer && closing.aborted) return { step: { answer: CLOSED }, report: null };
    if ('failure' in answer) return { step: conclude({ ...known, answer, verdict: null }), report: null };
    serverClock.observe(answer.headers);
    const verdict = judge(answer);
    const report = reportOf(answer, verdict, clock());
    if (report.counted !== null) this.#resources.set(request.route, report.counted.resource);
    const step = conclude({ ...known, answer, verdict });
    // Only what could be read: otherwise each 304 would return the unreadable answer.
    const isRead = verdict.kind === 'ok' && 'answer' in step && step.answer.kind === 'ok';
    if (isRead && request.isConditional) {
      const isReliable = cache.keep(progress.url.href, credential.name, answer.headers, answer.body);
      if (!isReliable) this.#options.distrust(request.route, 'stale_etag');
    }
    return { step, report };
  }

  async #exchange(request: ApiRequest, url: URL, authorization: string, cached: CachedAnswer | undefined) {
    const { version, agents, timeoutMs, maxBodyBytes, closing, meter } = this.#options;
    const answer = await exchange(url, {
      method: request.method,
      headers: {
        Accept: 'application/vnd.github+json',
        Authorization: authorization,
        'User-Agent': `ant-watcher/${version}`,
        'X-GitHub-Api-Version': API_VERSION,
        ...(cached === undefined ? {} : { 'If-None-Match': cached.etag }),
      },
      agents,
      timeoutMs,
      maxBytes: maxBodyBytes,
      closing,
    });
    const status = 'failure' in answer ? answer.failure : String(answer.status);
    const hits = status === '304' && cached !== undefined ? [countOf(SELF.githubCacheHits, [])] : [];
    if (status !== 'closed') meter.add([countOf(SELF.githubRequests, [request.route, status]), ...hits]);
    return answer;
  }

  async #wait(priority: Priority, waitMs: number): Promise<void> {
    const { sleep, closing } = this.#options;
    await sleep(waitMs, closing);
    this.#countWait(priority, waitMs);
  }

  #countWait(priority: Priority, waitMs: number): void {
    const ms = Math.round(waitMs);
    if (ms > 0) this.#options.meter.add([countOf(SELF.githubWait, [priority], ms)]);
  }
}

function reportOf({ headers }: HttpResponse, verdict: Verdict, nowMs: number): RateReport {
  const counted = readQuota(headers, nowMs);
  if (verdict.kind === 'slow_down') return { counted, limit: verdict };
  if (verdict.kind === 'locked_out') return { counted, limit: { kind: 'slow_down', retryAfterMs: null } };
  if (verdict.kind !== 'used_up') return { counted, limit: null };
  return { counted, limit: counted === null ? { kind: 'slow_down', retryAfterMs: null } : verdict };
}
