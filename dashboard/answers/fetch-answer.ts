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
  const response = await reach(url, { headers, cache: 'no-store', ...(signal && { signal }) });
  learnTime(response.headers.get('Date'));
  if (response.status === 304 && before !== undefined) return before.answer as T;
  if (!response.ok) throw await problemOf(response);
  const answer = await response.json();
  keep(url, response.headers.get('ETag'), answer);
  return answer as T;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem('offline', 'ant-watcher does not answer.', 0);
  }
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
