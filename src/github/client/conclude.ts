import type { Clock } from '../../domain/contracts.ts';
import type { ApiResult, Priority } from '../../domain/github-api.ts';
import type { HttpFailure, HttpResponse } from '../../outbound/exchange.ts';
import type { CachedAnswer } from './conditional-cache.ts';
import type { Credential, CredentialRefusals } from './credentials.ts';
import { hintFor } from './denials.ts';
import { isModestJson } from './json-bounds.ts';
import type { Distrust, Forbid } from './notices.ts';
import { permissionOf } from './permissions.ts';
import { isWithin, nextOf } from './route.ts';
import { shortened, type Verdict } from './verdict.ts';

/** The state of a request over its redirects and retries. */
export interface RequestProgress {
  readonly url: URL;
  readonly credentials: readonly Credential[];
  readonly failures: number;
  readonly redirects: number;
  readonly limits: number;
  readonly isRenewed: boolean;
}

/** The result of a request, or how to continue. */
export type Step =
  | { readonly answer: ApiResult<unknown> }
  | { readonly progress: RequestProgress; readonly waitMs: number };

/** Everything that decides what follows an answer, or the lack of one. */
export interface Known {
  readonly baseUrl: string;
  readonly longestWaitMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly forbid: Forbid;
  readonly distrust: Distrust;
  readonly refusals: CredentialRefusals;
  readonly request: Pick<ApiRequest, 'route' | 'isReadable'>;
  readonly progress: RequestProgress;
  readonly credential: Credential;
  /** The `Authorization` header that was sent. */
  readonly header: string;
  readonly cached: CachedAnswer | undefined;
}

type Outcome =
  | { readonly answer: HttpResponse; readonly verdict: Verdict }
  | { readonly answer: HttpFailure; readonly verdict: null };

const MAX_RETRIES = 2;
const MAX_REDIRECTS = 3;
/** Refusals because of a limit; the gate waits in between. */
const MAX_LIMITS = 4;
const FIRST_RETRY_MS = 1000;
/** Verdicts that prove that the credential is valid. (403 doesn't: too many wrong logins get it too.) */
const OF_TAKEN: readonly Verdict['kind'][] = ['ok', 'not_modified', 'missing', 'moved'];

/**
 * What follows one exchange. A plain 403 is never retried; faults of the server or the network are, a few
 * times.
 */
export function conclude(known: Known & Outcome): Step {
  const { answer, verdict } = known;
  if (verdict === null) {
    const isPassing = answer.failure === 'timeout' || answer.failure === 'network';
    return isPassing ? again(known, shortened(answer.reason), null) : failed(shortened(answer.reason));
  }
  if (OF_TAKEN.includes(verdict.kind)) known.refusals.clear(known.credential.name);
  switch (verdict.kind) {
    case 'ok':
      return read(known, answer.body, answer.headers.get('link'), false);
    case 'not_modified':
      return known.cached === undefined
        ? again(known, '304 to a request without condition', null)
        : read(known, known.cached.body, known.cached.link, true);
    case 'missing':
      return known.credential.lacks(permissionOf(known.request.route), answer.headers)
        ? forbidden(known, answer, String(answer.status))
        : { answer: { kind: 'missing' } };
    case 'moved':
      return moved(known, verdict.to);
    case 'used_up':
    case 'slow_down':
      return limited(known, verdict.said);
    case 'locked_out':
      return lockedOut(known, verdict.said);
    case 'unauthorized':
      return unauthorized(known, verdict.said);
    case 'forbidden':
      return forbidden(known, answer, verdict.said);
    case 'transient':
      return again(known, verdict.said, verdict.retryAfterMs);
    case 'refused':
      return failed(verdict.said);
  }
}

function failed(reason: string, retryAtMs: number | null = null): Step {
  return { answer: { kind: 'failed', reason, retryAtMs } };
}

function read(known: Known, body: Buffer, link: string | null, fromCache: boolean): Step {
  const next = nextOf(link);
  if (next !== null && !isWithin(known.baseUrl, next)) return failed('the next page is on another host');
  if (!isModestJson(body)) return { answer: known.distrust(known.request.route, 'too_complex') };
  try {
    const data: unknown = body.length === 0 ? null : JSON.parse(body.toString());
    const { route, isReadable } = known.request;
    if (!isReadable(data)) return failed(`${route} was answered without what belongs in it`);
    return { answer: { kind: 'ok', data, next, fromCache, bytes: body.length } };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return again(known, 'an answer that is not JSON, as of a login page or a proxy', null);
  }
}

/** A server that asks for more is asked again all the same. */
const LONGEST_PAUSE_MS = 3_600_000;

/** After 1 s, then 2 s, with jitter; later if the server asks for that. */
function again(
  { progress, random, clock, longestWaitMs }: Known,
  reason: string,
  askedMs: number | null,
): Step {
  const backoffMs = FIRST_RETRY_MS * 2 ** progress.failures * (0.5 + random());
  const waitMs = Math.max(backoffMs, Math.min(askedMs ?? 0, LONGEST_PAUSE_MS));
  if (progress.failures >= MAX_RETRIES || waitMs > longestWaitMs) return failed(reason, clock() + waitMs);
  return { progress: { ...progress, failures: progress.failures + 1 }, waitMs };
}

function moved({ progress, baseUrl }: Known, to: string | null): Step {
  const url = to !== null && URL.canParse(to, progress.url) ? new URL(to, progress.url) : null;
  if (url === null) return failed('a redirect to nowhere');
  if (!isWithin(baseUrl, url.href)) return failed('a redirect to another host, as of a login page');
  if (progress.redirects >= MAX_REDIRECTS) return failed('too many redirects');
  return { progress: { ...progress, url, redirects: progress.redirects + 1 }, waitMs: 0 };
}

/** The gate knows about the limit: it picks another credential, waits, or returns when to come back. */
function limited({ progress }: Known, said: string): Step {
  if (progress.limits >= MAX_LIMITS) return failed(said);
  return { progress: { ...progress, limits: progress.limits + 1 }, waitMs: 0 };
}

/**
 * No permission is missing; the gate lets the credential rest, as with a limit. An earlier refusal says more.
 */
function lockedOut(known: Known, said: string): Step {
  const { name, remedy } = known.credential;
  if (!known.refusals.has(name))
    known.refusals.note(name, { said, remedy: `wait or, if it stays so, ${remedy}` });
  return limited(known, said);
}

function unauthorized(
  { progress, credential, header, forbid, refusals, request }: Known,
  said: string,
): Step {
  if (!progress.isRenewed && credential.renew(header))
    return { progress: { ...progress, isRenewed: true }, waitMs: 0 };
  const fields = { credential: credential.name, endpoint: request.route, said };
  const refusal = { said, remedy: credential.remedy };
  refusals.note(credential.name, refusal);
  const denial = { said, hint: credential.remedy, refusal };
  return { answer: forbid(credential.needs, 'nothing is read with it; only webhooks go on', fields, denial) };
}

function forbidden({ credential, forbid, request }: Known, { headers }: HttpResponse, said: string): Step {
  const { name, without } = permissionOf(request.route);
  const accepted = headers.get('x-accepted-github-permissions');
  const fields = {
    credential: credential.name,
    endpoint: request.route,
    said,
    ...(accepted === null ? {} : { accepted: shortened(accepted) }),
  };
  return { answer: forbid(name, without, fields, { said, hint: hintFor(said, name) }) };
}

/** A request, and the credentials that may send it, the preferred one first. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly route: string;
  readonly url: URL;
  readonly credentials: readonly Credential[];
  readonly priority: Priority;
  readonly isConditional: boolean;
  readonly isReadable: (data: unknown) => boolean;
  readonly isNested: boolean;
}
