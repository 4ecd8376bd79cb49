import { gzipSync } from 'node:zlib';
import { createRandom, type Random } from '../random.ts';
import type { Sealed } from './exchange.ts';

/*
 * Answers that can't be true, as of a faulty server, or of a proxy between it and the service. They never
 * invent what nobody could tell from the truth: whatever is believed of them is true.
 */

/** Links and redirects that lead nowhere, or on for ever. */
const LOST_WAYS = [
  'same_page',
  'fresh_pages',
  'empty_pages',
  'circle',
  'other_list',
  'other_host',
  'redirect_loop',
  'redirect_away',
] as const;
/** Content of which nothing can be right. */
const NONSENSE = [
  'many_attempts',
  'wrong_count',
  'big_ids',
  'odd_times',
  'doubles',
  'crowd',
  'wrong_shape',
  'no_content',
  'unasked_304',
  'stale_etag',
  'absurd_limits',
  'absurd_retry',
  'absurd_date',
] as const;
/** Bodies that take all the memory or time there is. */
const BURDENS = ['bomb', 'huge_text', 'deep', 'trickle'] as const;

export const LIE_KINDS = [...LOST_WAYS, ...NONSENSE, ...BURDENS] as const;
export type LieKind = (typeof LIE_KINDS)[number];

/** Which lies are told. */
export interface Lies {
  /**
   * The share of answers to GET that each kind is told in, from 0 to 1; several may meet. May change at any
   * time.
   */
  shares: Partial<Record<LieKind, number>>;
  /** They are told only by these endpoints, such as `GET /app`; null: by all. */
  endpoints: readonly string[] | null;
  /** An address outside, for links and redirects that lead away. */
  elsewhere: string;
  /** What an endpoint answers to a request for `url`, with the lies that are told in it. */
  tell(truth: Sealed, endpoint: string, url: URL, ifNoneMatch: string | undefined): Sealed;
}

/** Told by chance, but for a seed and an order of requests always alike. */
export function createLies(seed: string): Lies {
  const random = createRandom(`${seed}/lies`);
  return {
    shares: {},
    endpoints: null,
    elsewhere: 'http://127.0.0.2:9',
    tell(truth, endpoint, url, ifNoneMatch) {
      if (!endpoint.startsWith('GET ') || this.endpoints?.includes(endpoint) === false) return truth;
      const told = LIE_KINDS.filter((kind) => isTold(kind, this.shares[kind] ?? 0, url, random));
      const { elsewhere } = this;
      return told.reduce(
        (answer, kind) => LIES[kind](answer, { url, ifNoneMatch, elsewhere, random }),
        truth,
      );
    },
  };
}

/** The parameter by which a link leads on within a lie: `fresh_pages-2`. Without lies it means nothing. */
const WITHIN = 'lie';

/** The address without what only lies are told by. */
export function withoutLie(url: URL): URL {
  const asked = new URL(url);
  asked.searchParams.delete(WITHIN);
  return asked;
}

/** Whoever has been led into a lie stays in it while it is told. */
function isTold(kind: LieKind, share: number, url: URL, random: Random): boolean {
  const isWithin = url.searchParams.get(WITHIN)?.startsWith(`${kind}-`) ?? false;
  return random.chance(share) || (isWithin && share > 0);
}

interface Place extends Pick<Lies, 'elsewhere'> {
  readonly url: URL;
  readonly ifNoneMatch: string | undefined;
  readonly random: Random;
}

type Tell = (answer: Sealed, place: Place) => Sealed;
type Json = Record<string, unknown>;

const LIES: Readonly<Record<LieKind, Tell>> = {
  same_page: (answer, place) => (isList(answer) ? onward('same_page', answer, place) : answer),
  fresh_pages: (answer, place) => {
    if (!isList(answer)) return answer;
    const page = pageIn(place.url);
    const fresh = changed(answer, (entry) =>
      page === 0 ? entry : { ...entry, id: Number(entry['id']) + page * 1_000_003 },
    );
    return onward('fresh_pages', fresh, place);
  },
  empty_pages: (answer, place) =>
    isList(answer)
      ? onward(
          'empty_pages',
          withEntries(answer, () => []),
          place,
        )
      : answer,
  circle: (answer, { url }) => (isList(answer) ? linked(answer, withoutLie(url).href) : answer),
  other_list: (answer, { url }) =>
    isList(answer) ? linked(answer, `${url.origin}/repos/octo/other/issues?page=2`) : answer,
  other_host: (answer, { elsewhere, url }) =>
    isList(answer) ? linked(answer, `${elsewhere}${url.pathname}?page=2`) : answer,
  redirect_loop: (_, { url }) => plain(302, '', { location: url.href }),
  redirect_away: (_, { elsewhere, url }) => plain(301, '', { location: `${elsewhere}${url.pathname}` }),
  many_attempts: (answer) =>
    changed(answer, (entry) =>
      'run_attempt' in entry && !('run_id' in entry) ? { ...entry, run_attempt: 100_000 } : entry,
    ),
  wrong_count: (answer, { random }) =>
    inBody(answer, (body) => ({ ...body, total_count: random.pick([-1, 0, 2 ** 40]) })),
  big_ids: (answer) => changed(answer, (entry) => ({ ...entry, id: 2 ** 53 + 2 * Number(entry['id']) })),
  odd_times: (answer, { random }) => changed(answer, (entry) => withOddTimes(entry, random)),
  doubles: (answer) => withEntries(answer, (entries) => [...entries, ...entries]),
  crowd: (answer) => withEntries(answer, crowdOf),
  wrong_shape: (_, { random }) =>
    plain(200, random.pick(['{}', '[]', 'null', '7', '[{}]', '{"workflow_runs":{}}'])),
  no_content: (_, { random }) => (random.chance(0.5) ? plain(204, '') : plain(202, '{}')),
  unasked_304: (answer, { ifNoneMatch }) => (ifNoneMatch === undefined ? plain(304, '') : answer),
  stale_etag: (answer, { ifNoneMatch }) => {
    if (ifNoneMatch === STALE) return plain(304, '');
    return answer.status === 200 ? { ...answer, headers: { ...answer.headers, etag: STALE } } : answer;
  },
  absurd_limits: (answer, { random }) => ({
    ...answer,
    headers: { ...answer.headers, ...random.pick(ABSURD_LIMITS) },
  }),
  absurd_retry: (_, { random }) =>
    plain(random.pick([429, 403, 503]), '{"message":"Slow down"}', {
      'retry-after': random.pick(ABSURD_RETRIES),
    }),
  absurd_date: (answer, { random }) => ({
    ...answer,
    headers: { ...answer.headers, date: random.pick(ABSURD_DATES) },
  }),
  bomb: () => ({ ...plain(200, '', { 'content-encoding': 'gzip' }), body: BOMB }),
  huge_text: (answer) => changed(answer, (entry) => ({ ...entry, display_title: HUGE_TEXT })),
  deep: (answer) => {
    const marked = changed(answer, (entry) => ({ ...entry, steps: '(deep)' }));
    return { ...marked, text: marked.text.replace('"(deep)"', '['.repeat(DEPTH) + ']'.repeat(DEPTH)) };
  },
  trickle: (answer) => ({ ...answer, trickles: true }),
};

const STALE = '"always"';
const MAX_CROWD = 10_000;
const MAX_CROWD_BYTES = 4_000_000;
const HUGE_TEXT = 'x'.repeat(1_000_000);
const DEPTH = 100_000;
/** Unpacked it is of 64 MiB. */
const BOMB = gzipSync(Buffer.alloc(64 * 1024 ** 2));
const YEAR_3000 = String(Date.UTC(3000, 0) / 1000);

const ABSURD_LIMITS: readonly Readonly<Record<string, string>>[] = [
  { 'x-ratelimit-remaining': '-1' },
  { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': YEAR_3000 },
  { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' },
  { 'x-ratelimit-limit': '999999999999999', 'x-ratelimit-remaining': '999999999999999' },
  { 'x-ratelimit-reset': 'never', 'x-ratelimit-resource': '../../etc' },
];
const ABSURD_RETRIES = ['31536000', '99999999999999999999', 'Thu, 01 Jan 1970 00:00:00 GMT', '-5', 'soon'];

const ABSURD_DATES = ['Thu, 01 Jan 1970 00:00:00 GMT', 'Wed, 01 Jan 3000 00:00:00 GMT', 'yesterday'];

function plain(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Sealed {
  return { status, text, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } };
}

function bodyOf({ status, text }: Sealed): unknown {
  return status === 200 && text !== '' ? JSON.parse(text) : null;
}

/** The name of the list in a body; an empty text: the body is the list; undefined: there is none. */
function listIn(body: unknown): string | undefined {
  if (Array.isArray(body)) return '';
  if (typeof body !== 'object' || body === null || !('total_count' in body)) return undefined;
  return Object.entries(body).find(([, value]) => Array.isArray(value))?.[0];
}

function isList(answer: Sealed): boolean {
  return listIn(bodyOf(answer)) !== undefined;
}

function withEntries(answer: Sealed, change: (entries: readonly Json[]) => readonly Json[]): Sealed {
  const body = bodyOf(answer);
  const name = listIn(body);
  if (name === undefined) return answer;
  const entries = change((name === '' ? body : (body as Json)[name]) as Json[]);
  return { ...answer, text: JSON.stringify(name === '' ? entries : { ...(body as Json), [name]: entries }) };
}

/** Changes each entry of a list, or the object that the body is. */
function changed(answer: Sealed, change: (entry: Json) => Json): Sealed {
  if (isList(answer)) return withEntries(answer, (entries) => entries.map(change));
  return inBody(answer, (body) => ('id' in body ? change(body) : body));
}

function inBody(answer: Sealed, change: (body: Json) => Json): Sealed {
  const body = bodyOf(answer);
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isObject ? { ...answer, text: JSON.stringify(change(body as Json)) } : answer;
}

function linked(answer: Sealed, next: string): Sealed {
  return { ...answer, headers: { ...answer.headers, link: `<${next}>; rel="next"` } };
}

function pageIn(url: URL): number {
  return Number(/-(\d+)$/.exec(url.searchParams.get(WITHIN) ?? '')?.[1] ?? 0);
}

function onward(kind: LieKind, answer: Sealed, { url }: Place): Sealed {
  const next = new URL(url);
  next.searchParams.set(WITHIN, `${kind}-${pageIn(url) + 1}`);
  return linked(answer, next.href);
}

function withOddTimes(entry: Json, random: Random): Json {
  const odd = random.pick(['2026-11-29 10:00:00', '29/11/2026', 'yesterday', 1_790_000_000, true]);
  const times = Object.keys(entry).filter((name) => name.endsWith('_at') && entry[name] !== null);
  return { ...entry, ...Object.fromEntries(times.map((name) => [name, odd])) };
}

function crowdOf(entries: readonly Json[]): Json[] {
  const bytes = JSON.stringify(entries).length;
  const times = Math.floor(Math.min(MAX_CROWD / (entries.length || 1), MAX_CROWD_BYTES / bytes));
  return Array.from({ length: Math.max(times, 1) }, () => entries).flat();
}
