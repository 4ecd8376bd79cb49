import { confirmedDelivery, goneDelivery } from '../domain/asked.ts';
import type { Clock } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { ApiResult, GetOptions, GitHub } from '../domain/github-api.ts';
import type { GitHubInquiry, InquiryResult } from '../domain/github-inquiry.ts';
import type { Unfinished } from '../domain/unfinished.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import { confirmMissing, listed, ok } from './answers.ts';
import { type Json, objectOf, textOf } from './fields.ts';
import { openRepositoryContext } from './repository-context.ts';
import { isOver, jobDelivery, runDelivery } from './rest-deliveries.ts';
import { isAttempt, isJobOf, type Shape } from './shapes.ts';
import { trimJob } from './trim-payload.ts';

const JOB = '/repos/{owner}/{repo}/actions/jobs/{job_id}';
/** The route of the run itself returns its latest attempt, which may be another one. */
const ATTEMPT = '/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}';
const PAGE = { per_page: 100 };

type Time = Pick<ServiceTime, 'clock' | 'steady'>;

export function openInquiry(github: GitHub, time: Time): GitHubInquiry {
  return new Inquiry(github, time);
}

class Inquiry implements GitHubInquiry {
  readonly #github: CountingGitHub;
  readonly #context: ReturnType<typeof openRepositoryContext>;
  readonly #clock: Clock;

  constructor(github: GitHub, { clock, steady }: Time) {
    this.#github = new CountingGitHub(github);
    this.#context = openRepositoryContext(this.#github, steady);
    this.#clock = clock;
  }

  get requests(): number {
    return this.#github.requests;
  }

  async about(known: Unfinished): Promise<InquiryResult> {
    const [route, isReadable] =
      known.jobId === null ? [ATTEMPT, isThatAttempt(known)] : [JOB, isThatJob(known)];
    const answer = await this.#github.get(route, { ...optionsFor(known), conditional: true, isReadable });
    if (answer.kind === 'missing') return this.#gone(known);
    if (answer.kind !== 'ok') return unanswered(answer);
    const status = textOf(objectOf(answer.data)?.['status']);
    if (hasChanged(known, status)) return this.#changed(known, answer.data, status);
    return { kind: 'same', deliveries: status === null ? [] : [confirmedDelivery(known, this.#clock())] };
  }

  /** If we may no longer see the repository, we know nothing about the work. */
  async #gone(known: Unfinished): Promise<InquiryResult> {
    const confirmed = await confirmMissing(this.#github, known.repository, 'reconcile');
    if (confirmed.kind === 'missing') return changedBy([goneDelivery(known, this.#clock())]);
    return confirmed.kind === 'hidden' ? confirmed : unanswered(confirmed);
  }

  async #changed(known: Unfinished, data: unknown, status: string | null): Promise<InquiryResult> {
    const context = await this.#context(known.repository, 'reconcile');
    if (context.kind !== 'ok') return unanswered(context);
    const nowMs = this.#clock();
    // The same status again is a duplicate; that the work has not ended is still worth reporting.
    const isOpen = status !== 'completed';
    const confirmed = isOpen ? [confirmedDelivery(known, nowMs)] : [];
    if (known.jobId !== null)
      return changedBy([jobDelivery(objectOf(data) ?? {}, context.data, nowMs), ...confirmed]);
    const jobs = isOpen ? ok([]) : await this.#jobsOf(known);
    if (jobs.kind !== 'ok') return unanswered(jobs);
    // A finished run comes with its jobs: they have the time of its end, and may have been lost too.
    const ofJobs = jobs.data.filter(isOver).map((job) => jobDelivery(job, context.data, nowMs));
    return changedBy([...ofJobs, runDelivery(data, jobs.data, context.data, nowMs), ...confirmed]);
  }

  #jobsOf(known: Unfinished): Promise<ApiResult<readonly Json[]>> {
    const { params, ...request } = optionsFor(known);
    const options = { ...request, params: { ...params, ...PAGE } };
    return listed(this.#github, `${ATTEMPT}/jobs`, options, {
      isEntry: isJobOf(known.runId),
      member: 'jobs',
      pick: (job) => [trimJob(job)],
    });
  }
}

/** Counts the requests. */
class CountingGitHub implements Pick<GitHub, 'get' | 'pages'> {
  requests = 0;
  readonly #github: GitHub;

  constructor(github: GitHub) {
    this.#github = github;
  }

  get(route: string, options: GetOptions): Promise<ApiResult<unknown>> {
    this.requests += 1;
    return this.#github.get(route, options);
  }

  async *pages(route: string, options: GetOptions): AsyncIterable<ApiResult<unknown>> {
    for await (const page of this.#github.pages(route, options)) {
      this.requests += 1;
      yield page;
    }
  }
}

function isThatAttempt({ runId, runAttempt }: Unfinished): Shape {
  return isAttempt(runId, runAttempt);
}

function isThatJob({ jobId, runId }: Unfinished): Shape {
  return (data) => isJobOf(runId)(data) && objectOf(data)?.['id'] === jobId;
}

function optionsFor({ repository, jobId, runId, runAttempt }: Unfinished): GetOptions {
  const [owner = '', repo = ''] = repository.split('/');
  const ids = jobId === null ? { run_id: runId, attempt_number: runAttempt } : { job_id: jobId };
  return { owner, priority: 'reconcile', params: { repo, ...ids } };
}

/**
 * Whether GitHub's answer differs from what is known. About a queued job we know more: the answer does not
 * say since when it is queued, and behind a gate that is what counts.
 */
function hasChanged(known: Unfinished, status: string | null): boolean {
  if (status === null || status === known.status) return false;
  return known.jobId === null || status !== 'queued';
}

function changedBy(deliveries: readonly (Delivery | null)[]): InquiryResult {
  return { kind: 'changed', deliveries: deliveries.filter((each) => each !== null) };
}

/** What can't be true says nothing about the work, and does not keep us from asking about other work. */
function unanswered(answer: Exclude<ApiResult<unknown>, { kind: 'ok' }>): InquiryResult {
  if (answer.kind !== 'failed') return { kind: 'hidden' };
  return answer.implausible === undefined ? answer : { kind: 'same', deliveries: [] };
}
