import type { Clock, Meter } from '../../domain/contracts.ts';
import { type Answer, PRIORITIES, type Priority } from '../../domain/github-api.ts';
import { countOf, zerosOf } from '../../domain/metric.ts';
import { SELF } from '../../domain/own-metrics.ts';
import type { Agents } from '../../outbound/agents.ts';
import { exchange, type HttpAnswer } from '../../outbound/exchange.ts';
import type { Sleep } from '../../timing/sleep.ts';
import type { ApiRequest } from './api-request.ts';
import { type Course, conclude, type Step } from './conclude.ts';
import type { CachedAnswer, ConditionalCache } from './conditional-cache.ts';
import type { Credential } from './credentials.ts';
import type { Gate, Report } from './gate.ts';
import type { Forbid } from './notices.ts';
import { readQuota } from './rate-headers.ts';
import type { Refusals } from './refusals.ts';
import type { ServerClock } from './server-clock.ts';
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
  readonly refusals: Refusals;
  readonly closing: AbortSignal;
}

/** Every supported server knows this one, and GitHub keeps it until 2028 at least (https://docs.github.com/rest/about-the-rest-api/api-versions). */
const API_VERSION = '2022-11-28';

const CLOSED: Answer<never> = {
  kind: 'failed',
  reason: 'given up at the end of the process',
  retryAtMs: null,
};

/** Sends requests and stays with each until there is an answer that its caller can use. */
export class Requester {
  readonly #options: RequesterOptions;
  /** What each route is counted for, as far as answers have told. */
  readonly #resources = new Map<string, string>();

  constructor(options: RequesterOptions) {
    this.#options = options;
    options.meter.add([...zerosOf(SELF.githubCacheHits), ...zerosOf(SELF.githubWait, PRIORITIES)]);
  }

  async run(job: ApiRequest): Promise<Answer<unknown>> {
    let course: Course = {
      url: job.url,
      credentials: job.credentials,
      failures: 0,
      redirects: 0,
      limits: 0,
      isRenewed: false,
    };
    for (;;) {
      const step = await this.#step(job, course);
      if ('answer' in step) return step.answer;
      course = step.course;
      if (step.waitMs > 0) await this.#wait(job.priority, step.waitMs);
    }
  }

  /** One request, or none when it is not let out. */
  async #step(job: ApiRequest, course: Course): Promise<Step> {
    const { gate, clock, closing } = this.#options;
    const names = course.credentials.map(({ name }) => name);
    const [first, ...others] = names;
    if (first === undefined) throw new TypeError('a request needs a credential');
    const sinceMs = clock();
    const entered = await gate.enter({
      credentials: [first, ...others],
      resource: this.#resources.get(job.route) ?? 'core',
      priority: job.priority,
      isNested: job.isNested,
    });
    this.#countWait(job.priority, clock() - sinceMs);
    if (closing.aborted && 'retryAtMs' in entered) return { answer: CLOSED };
    if ('retryAtMs' in entered) {
      const reason = 'the rate limit leaves nothing for this';
      return { answer: { kind: 'failed', reason, retryAtMs: entered.retryAtMs } };
    }
    let report: Report | null = null;
    try {
      const credential = course.credentials.find(({ name }) => name === entered.credential);
      if (credential === undefined) throw new TypeError(`${entered.credential} was not asked for`);
      const sent = await this.#send(job, course, credential);
      report = sent.report;
      return sent.step;
    } finally {
      entered.leave(report);
    }
  }

  async #send(
    job: ApiRequest,
    course: Course,
    credential: Credential,
  ): Promise<{ readonly step: Step; readonly report: Report | null }> {
    const authorization = await credential.authorize();
    if ('answer' in authorization) {
      const credentials = course.credentials.filter((each) => each !== credential);
      if (credentials.length === 0) return { step: authorization, report: null };
      return { step: { course: { ...course, credentials }, waitMs: 0 }, report: null };
    }
    const { cache, clock, serverClock } = this.#options;
    const { header } = authorization;
    const cached = job.isConditional ? cache.find(course.url.href, credential.name) : undefined;
    const answer = await this.#exchange(job, course.url, header, cached);
    const known = { ...this.#options, job, course, credential, header, cached };
    if ('failure' in answer) return { step: conclude({ ...known, answer, verdict: null }), report: null };
    serverClock.observe(answer.headers);
    const verdict = judge(answer);
    const report = reportOf(answer, verdict, clock());
    if (report.counted !== null) this.#resources.set(job.route, report.counted.resource);
    const step = conclude({ ...known, answer, verdict });
    // Only what could be read: an answer that is none would come back with each 304.
    const isRead = verdict.kind === 'ok' && 'answer' in step && step.answer.kind === 'ok';
    if (isRead && job.isConditional)
      cache.keep(course.url.href, credential.name, answer.headers, answer.body);
    return { step, report };
  }

  async #exchange(job: ApiRequest, url: URL, authorization: string, cached: CachedAnswer | undefined) {
    const { version, agents, timeoutMs, maxBodyBytes, closing, meter } = this.#options;
    const answer = await exchange(url, {
      method: job.method,
      headers: {
        Accept: 'application/vnd.github+json',
        Authorization: authorization,
        'User-Agent': `ant-watcher/${version}`,
        'X-GitHub-Api-Version': API_VERSION,
        ...(cached === undefined ? {} : Object.fromEntries([cached.condition])),
      },
      agents,
      timeoutMs,
      maxBytes: maxBodyBytes,
      closing,
    });
    const status = 'failure' in answer ? answer.failure : String(answer.status);
    const hits = status === '304' && cached !== undefined ? [countOf(SELF.githubCacheHits, [])] : [];
    if (status !== 'closed') meter.add([countOf(SELF.githubRequests, [job.route, status]), ...hits]);
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

function reportOf({ headers }: HttpAnswer, verdict: Verdict, nowMs: number): Report {
  const counted = readQuota(headers, nowMs);
  if (verdict.kind === 'slow_down') return { counted, limit: verdict };
  if (verdict.kind === 'locked_out') return { counted, limit: { kind: 'slow_down', retryAfterMs: null } };
  if (verdict.kind !== 'used_up') return { counted, limit: null };
  return { counted, limit: counted === null ? { kind: 'slow_down', retryAfterMs: null } : verdict };
}
