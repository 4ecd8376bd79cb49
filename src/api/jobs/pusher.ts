import { createHash, randomUUID } from 'node:crypto';
import type { TokenJob } from './job-token.ts';

/** Who hands in numbers, and how a push of his is known again. */
export interface Pusher {
  readonly repository: string;
  readonly workflow: string;
  /** The id of a push of `body`; the same for one that is to count only once. */
  idOf(body: Uint8Array, idempotencyKey: string | null): string;
}

/** The job that a token is of. Nothing is believed that it says of itself. */
export function pusherOfToken({ repository, workflow, runId, runAttempt, jobId, tokenId }: TokenJob): Pusher {
  return {
    repository,
    workflow,
    idOf(body, key) {
      // A matrix has jobs that push the same: without the id of the job, its token tells it from the others.
      const whose = jobId ?? (key === null ? `token ${tokenId}` : '');
      return idOf([repository, runId, runAttempt, whose], body, key);
    },
  };
}

/** What the query of a request with an API token says. */
export interface NamedJob {
  readonly repository: string;
  readonly workflow: string;
  /** Null: each push counts, unless it has a key of its own. */
  readonly runId: string | null;
  readonly runAttempt: string;
  readonly job: string;
}

/** The job that somebody with an API token names. */
export function pusherNamed({ repository, workflow, runId, runAttempt, job }: NamedJob): Pusher {
  return {
    repository,
    workflow,
    idOf(body, key) {
      if (runId === null && key === null) return `push-${randomUUID()}`;
      return idOf([repository, runId ?? 'none', runAttempt, job], body, key);
    },
  };
}

/** Of the same job, the same content is the same push; or the same key is, whatever the content. */
function idOf(whose: readonly string[], body: Uint8Array, key: string | null): string {
  const what = key === null ? createHash('sha256').update(body).digest('hex') : `key ${key}`;
  return `push-${createHash('sha256')
    .update(JSON.stringify([...whose, what]))
    .digest('hex')}`;
}

const ALLOWED = ['repository', 'workflow', 'run_id', 'run_attempt', 'job'] as const;
const NUMBER = /^[1-9]\d{0,18}$/;
const MAX_LENGTH = 200;

/** Reads the query of a request with an API token; answers what is wrong with it, if anything is. */
export function readNamedJob(query: URLSearchParams): NamedJob | string {
  const foreign = [...query.keys()].find((name) => !ALLOWED.some((each) => each === name));
  if (foreign !== undefined)
    return `The query has ${JSON.stringify(foreign.slice(0, 50))}; known are ${ALLOWED.join(', ')}.`;
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
