import { createHash, randomUUID } from 'node:crypto';
import type { TokenJob } from './job-token.ts';

/** Who pushes numbers, and how a repeated push is recognised. */
export interface Pusher {
  readonly repository: string;
  readonly workflow: string;
  /** The id of a push of `body`; the same for pushes that must count only once. */
  idOf(body: Uint8Array, idempotencyKey: string | null): string;
}

/** The job that a token belongs to. Nothing that the request itself says is believed. */
export function pusherOfToken({ repository, workflow, runId, runAttempt, jobId, tokenId }: TokenJob): Pusher {
  return {
    repository,
    workflow,
    idOf(body, key) {
      // Jobs of a matrix push the same content: without a job id, the token distinguishes them.
      const whose = jobId ?? (key === null ? `token ${tokenId}` : '');
      return idOf([repository, runId, runAttempt, whose], body, key);
    },
  };
}

/** The query of a request with an API token. */
export interface JobQuery {
  readonly repository: string;
  readonly workflow: string;
  /** Null: each push counts, unless it has an idempotency key. */
  readonly runId: string | null;
  readonly runAttempt: string;
  readonly job: string;
}

/** The job that a sender with an API token names. */
export function pusherOfQuery({ repository, workflow, runId, runAttempt, job }: JobQuery): Pusher {
  return {
    repository,
    workflow,
    idOf(body, key) {
      if (runId === null && key === null) return `push-${randomUUID()}`;
      return idOf([repository, runId ?? 'none', runAttempt, job], body, key);
    },
  };
}

/** For one job, the same content is the same push; or the same key is, whatever the content. */
function idOf(whose: readonly string[], body: Uint8Array, key: string | null): string {
  const what = key === null ? createHash('sha256').update(body).digest('hex') : `key ${key}`;
  return `push-${createHash('sha256')
    .update(JSON.stringify([...whose, what]))
    .digest('hex')}`;
}

const ALLOWED = ['repository', 'workflow', 'run_id', 'run_attempt', 'job'] as const;
const NUMBER = /^[1-9]\d{0,18}$/;
const MAX_LENGTH = 200;

/** Reads the query of a request with an API token. Returns a message if it is wrong. */
export function readJobQuery(query: URLSearchParams): JobQuery | string {
  const unknownName = [...query.keys()].find((name) => !ALLOWED.some((each) => each === name));
  if (unknownName !== undefined)
    return `The query has ${JSON.stringify(unknownName.slice(0, 50))}; known are ${ALLOWED.join(', ')}.`;
  const repeated = ALLOWED.find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) return `The query has ${repeated} twice.`;
  const of = (name: (typeof ALLOWED)[number]) => query.get(name);
  const [repository, workflow, job] = [of('repository') ?? '', of('workflow') ?? '', of('job') ?? ''];
  if (!/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(repository))
    return 'With an API token, the query must have repository=OWNER/NAME.';
  if (workflow === '' || workflow.length > MAX_LENGTH)
    return `With an API token, the query must have workflow=NAME, of up to ${MAX_LENGTH} characters.`;
  if (job.length > MAX_LENGTH) return `job has more than ${MAX_LENGTH} characters.`;
  const [runId, runAttempt] = [of('run_id'), of('run_attempt')];
  if (runId !== null && !NUMBER.test(runId)) return 'run_id must be a whole number.';
  if (runAttempt !== null && !NUMBER.test(runAttempt)) return 'run_attempt must be a whole number.';
  return { repository, workflow, runId, runAttempt: runAttempt ?? '1', job };
}
