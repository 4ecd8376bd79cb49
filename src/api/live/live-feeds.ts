import { AntError } from '../../domain/errors.ts';
import { diffOf } from '../../domain/now-diff.ts';
import type { Now } from '../../domain/openapi-types.ts';
import { type Monotonic, monotonicMs } from '../../timing/monotonic.ts';
import { openSerialQueue } from '../../timing/serial-queue.ts';
import { aliveText, diffText, snapshotText } from './event-text.ts';
import type { NowAnswers, NowAsked } from './now-answers.ts';

/** Who reads a stream. */
export interface LiveClient {
  send(text: string): void;
  /** Whether it still may read; ends its stream if not. */
  check(): void;
  end(): void;
}

export interface LiveFeedsOptions {
  readonly answers: Pick<NowAnswers, 'ask' | 'changes'>;
  readonly monotonic?: Monotonic;
}

/** No answer is computed more often. */
const EVERY_MS = 1000;
/** Proxies end a stream after a minute without a byte, some after half of one. */
const ALIVE_MS = 15_000;
/**
 * Answers of so many distinct filters are kept up to date. With ten thousand open jobs, one turn of all of them
 * takes some ten seconds then.
 */
export const MOST_FILTERS = 64;
/** Streams use a quarter of the time of the thread that answers at most, however many filters they have. */
const REST = 3;

interface Feed {
  readonly asked: NowAsked;
  readonly clients: Set<LiveClient>;
  joining: number;
  /** The answer that all clients have, but for the time; null: none was computed yet. */
  latest: Now | null;
  /** What `NowAnswers.changes` was before it. */
  changes: number;
  computedAtMs: number;
  computing: Promise<Now> | null;
}

/**
 * What waits and runs, as it changes: one feed for each distinct filter, shared by its clients. A feed without
 * clients does not exist. An answer is computed once a second at most, and only if something was committed; or
 * with the sign of life, because ghosts are made by time alone.
 */
export class LiveFeeds {
  readonly #answers: LiveFeedsOptions['answers'];
  readonly #monotonic: Monotonic;
  readonly #feeds = new Map<string, Feed>();
  /** One question of all streams at a time, so that the questions of others never wait for more than one. */
  readonly #oneByOne = openSerialQueue();
  #aliveAtMs: number;

  constructor({ answers, monotonic = monotonicMs }: LiveFeedsOptions) {
    this.#answers = answers;
    this.#monotonic = monotonic;
    this.#aliveAtMs = monotonic();
  }

  /** How many distinct filters there are. */
  get size(): number {
    return this.#feeds.size;
  }

  /** Whether this would be one filter too many. */
  isFullFor(asked: NowAsked): boolean {
    return this.#feeds.size >= MOST_FILTERS && !this.#feeds.has(keyOf(asked));
  }

  /**
   * Calls `open` once there is an answer, sends it, and then what changes. Returns what takes the client out
   * again. Rejects as `Queries.ask`. Not for whom it `isFullFor`.
   */
  async join(asked: NowAsked, open: () => LiveClient): Promise<() => void> {
    const key = keyOf(asked);
    const feed = this.#feeds.get(key) ?? newFeed(asked);
    this.#feeds.set(key, feed);
    const drop = () => {
      if (feed.clients.size + feed.joining === 0 && this.#feeds.get(key) === feed) this.#feeds.delete(key);
    };
    feed.joining += 1;
    try {
      const now = await this.#current(feed);
      const client = open();
      client.send(snapshotText(now));
      feed.clients.add(client);
      return () => {
        feed.clients.delete(client);
        drop();
      };
    } finally {
      feed.joining -= 1;
      drop();
    }
  }

  /**
   * Looks for changes, and answers in how many milliseconds to look again. Rejects as `Queries.ask`, but not
   * before every feed had its turn: one whose question fails must not keep the others from theirs. One that is
   * refused from now on, because a reload took its name away, ends: who connects again is told why.
   */
  async look(): Promise<number> {
    const startedAtMs = this.#monotonic();
    const clients = [...this.#feeds.values()].flatMap((feed) => [...feed.clients]);
    for (const client of clients) client.check();
    const isAlive = startedAtMs - this.#aliveAtMs >= ALIVE_MS;
    if (isAlive) this.#aliveAtMs = startedAtMs;
    const feeds = [...this.#feeds.values()].filter((feed) => feed.clients.size > 0);
    const changes = feeds.length === 0 ? 0 : await this.#answers.changes();
    const failures: unknown[] = [];
    for (const feed of feeds) {
      try {
        const now = isAlive || feed.changes !== changes ? await this.#compute(feed) : null;
        if (isAlive && now !== null) sendAll(feed, aliveText(now));
      } catch (error) {
        if (isRefusal(error)) endAll(feed);
        else failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    const tookMs = this.#monotonic() - startedAtMs;
    return Math.max(EVERY_MS - tookMs, tookMs * REST);
  }

  /** Ends all streams. */
  close(): void {
    for (const { clients } of this.#feeds.values()) for (const client of clients) client.end();
    this.#feeds.clear();
  }

  /** An answer that is a second old at most. */
  async #current(feed: Feed): Promise<Now> {
    const isRecent = this.#monotonic() - feed.computedAtMs < EVERY_MS;
    return feed.latest !== null && isRecent ? feed.latest : this.#compute(feed);
  }

  #compute(feed: Feed): Promise<Now> {
    feed.computing ??= this.#oneByOne(() => this.#next(feed)).finally(() => {
      feed.computing = null;
    });
    return feed.computing;
  }

  async #next(feed: Feed): Promise<Now> {
    // Before the answer: for what is committed between the two, it is computed once more.
    const changes = await this.#answers.changes();
    const next = await this.#answers.ask(feed.asked);
    const diff = feed.latest === null ? null : diffOf(feed.latest, next);
    if (diff !== null) sendAll(feed, diffText(diff));
    Object.assign(feed, { latest: next, changes, computedAtMs: this.#monotonic() });
    return next;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof AntError && error.remedy === 'reject';
}

function endAll({ clients }: Feed): void {
  for (const client of clients) client.end();
  clients.clear();
}

function newFeed(asked: NowAsked): Feed {
  const nothing = { latest: null, changes: -1, computedAtMs: Number.NEGATIVE_INFINITY, computing: null };
  return { asked, clients: new Set(), joining: 0, ...nothing };
}

/** The same for filters that are the same, in whatever order their values come. */
function keyOf({ filters, isStale, status }: NowAsked): string {
  const lists = Object.entries(filters).map(([name, values]) => [name, values.toSorted()]);
  return JSON.stringify([lists, isStale, status]);
}

function sendAll({ clients }: Feed, text: string): void {
  for (const client of clients) client.send(text);
}
