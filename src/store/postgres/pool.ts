import pg from 'pg';
import { monotonicMs } from '../../timing/monotonic.ts';
import { backgroundSleep, sleep } from '../../timing/sleep.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
/** As the pool calls it when all connections are in use for too long: the server is there. */
const ALL_IN_USE = 'timeout exceeded when trying to connect';
/**
 * The server takes no more connections from anybody, or from this user: whoever has some waits for one of them.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const TOO_MANY = '53300';
const TOO_MANY_PAUSE_MS = 100;
const TOO_MANY_PATIENCE_MS = 5000;
/** As the driver calls it when there is no answer. */
const SILENT = 'Query read timeout';

/** How long whoever wants a connection waits while the server is away: a sender has to hear soon that it is. */
const AWAITED_MS = 100;

/**
 * Connections to a server that may be away. Then one connection at a time is tried, with pauses between, and nobody
 * else tries: when the server comes back it is not stormed.
 */
export class Pool {
  readonly #config: pg.PoolConfig;
  #pool: pg.Pool;
  /** Why it is away; null: it is not known to be. */
  #absence: { error: unknown; readonly back: Promise<void> } | null = null;
  readonly #origins = new WeakMap<pg.PoolClient, pg.Pool>();

  constructor(config: pg.PoolConfig) {
    this.#config = config;
    this.#pool = open(config);
  }

  get status(): { readonly openConnections: number; readonly waiting: number } {
    const { totalCount: openConnections, waitingCount: waiting } = this.#pool;
    return { openConnections, waiting };
  }

  /** Rejects with the error of the driver or the server. */
  async connect(): Promise<pg.PoolClient> {
    const lateMs = monotonicMs() + TOO_MANY_PATIENCE_MS;
    for (;;) {
      if (this.#absence !== null) await this.#waitShortly(this.#absence);
      const pool = this.#pool;
      try {
        const client = await pool.connect();
        this.#origins.set(client, pool);
        return client;
      } catch (error) {
        if (pool !== this.#pool) continue;
        const hasOthers = isTooMany(error) && pool.totalCount > 0;
        if (!hasOthers) this.#noteFailure(error);
        if (!hasOthers || monotonicMs() > lateMs) throw error;
      }
      await backgroundSleep(TOO_MANY_PAUSE_MS);
    }
  }

  /** Gives up a connection on which something went wrong. */
  discard(client: pg.PoolClient, error: unknown): void {
    client.release(true);
    const pool = this.#pool;
    if (this.#origins.get(client) !== pool || !(error instanceof Error && error.message === SILENT)) return;
    // The others, which do nothing now, are as silent: each would be waited for in turn.
    this.#pool = open(this.#config);
    pool.end().catch(() => undefined);
  }

  /** Waits so long at most for work under way. */
  async end(patienceMs: number): Promise<void> {
    if (this.#pool.ended) return;
    await Promise.race([this.#pool.end(), backgroundSleep(patienceMs)]);
  }

  async #waitShortly(absence: { readonly error: unknown; readonly back: Promise<void> }): Promise<void> {
    await Promise.race([absence.back, sleep(AWAITED_MS)]);
    if (this.#absence === absence) throw absence.error;
  }

  #noteFailure(error: unknown): void {
    if (this.#absence !== null || (error instanceof Error && error.message === ALL_IN_USE)) return;
    this.#absence = { error, back: this.#untilBack() };
  }

  async #untilBack(): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
      // Replicas that lost the server at the same moment do not come back at the same moment.
      await backgroundSleep(pauseMs * (0.5 + Math.random() / 2));
      if (this.#pool.ending) return;
      try {
        (await this.#pool.connect()).release();
        this.#absence = null;
        return;
      } catch (error) {
        if (this.#absence !== null) this.#absence.error = error;
      }
    }
  }
}

function isTooMany(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === TOO_MANY;
}

function open(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  // Of a connection that is lost: whoever works with it, or the next one, meets it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
