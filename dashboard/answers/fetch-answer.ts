import { learnTime } from '../state/server-clock.ts';

/** Names and values of a query; a list is repeated, null and undefined are left out. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** Why there is no answer. */
export class Problem extends Error {
  /** The API's code, such as `query_too_slow`; `offline` when it could not be reached. */
  readonly code: string;
  /** Of the response; 0 without one. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

interface Kept {
  readonly etag: string;
  readonly answer: unknown;
}

const MAX_KEPT = 40;
const kept = new Map<string, Kept>();

/** The address of a call, with its parameters. */
export function callUrl(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined) continue;
    for (const each of [value].flat()) query.append(name, String(each));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/**
 * Asks the read API. An answer that has not changed costs a 304 and is the same object as before. Throws a
 * `Problem`, or an `AbortError` if `signal` aborts.
 */
export async function fetchAnswer<T>(url: string, signal?: AbortSignal): Promise<T> {
  const before = kept.get(url);
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (before !== undefined) headers['If-None-Match'] = before.etag;
  return ask(url, { headers, cache: 'no-store', ...(signal && { signal }) }, async (response) => {
    if (response.status === 304 && before !== undefined) return before.answer as T;
    if (!response.ok) throw await problemOf(response);
    const answer = await response.json();
    keep(url, response.headers.get('ETag'), answer);
    return answer as T;
  });
}

/** Behind a balancer the next replica answers at once, where one has ended in the middle of an answer. */
const AGAIN_MS = 300;

/**
 * What `read` makes of the response. Asks once more if there is none, or none that is whole, and throws `offline` if
 * that is so again.
 */
export async function ask<T>(
  url: string,
  init: RequestInit,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  try {
    return await askOnce(url, init, read);
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'offline')) throw error;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return askOnce(url, init, read);
  }
}

async function askOnce<T>(
  url: string,
  init: RequestInit,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  try {
    const response = await fetch(url, init);
    if (isOfBalancer(response))
      throw new Problem(
        'offline',
        `The answer was ${response.status} ${response.statusText}.`,
        response.status,
      );
    learnTime(response.headers.get('Date'));
    return await read(response);
  } catch (error) {
    // No connection, or one that has ended too early.
    if (error instanceof TypeError) throw new Problem('offline', 'ant-watcher does not answer.', 0);
    throw error;
  }
}

/** Whether it is from who finds no service to ask. The service itself always answers with JSON. */
function isOfBalancer({ status, headers }: Response): boolean {
  const isJson = headers.get('Content-Type')?.startsWith('application/json') === true;
  return [502, 503, 504].includes(status) && !isJson;
}

async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  try {
    const { error } = await response.json();
    return new Problem(String(error.code), String(error.message), status);
  } catch {
    return new Problem(`http_${status}`, `The answer was ${status} ${response.statusText}.`, status);
  }
}

function keep(url: string, etag: string | null, answer: unknown): void {
  kept.delete(url);
  if (etag === null) return;
  kept.set(url, { etag, answer });
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}
