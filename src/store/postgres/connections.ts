import pg from 'pg';
import { AntError } from '../../domain/errors.ts';
import type { DatabaseStatus } from '../../domain/replica.ts';
import { checkConnection, standby } from './new-connection.ts';
import { Pool } from './pool.ts';
import { type OpenSession, type Session, sessionOf, writeTogether } from './session.ts';
import { statement } from './statement.ts';
import { storeError } from './store-error.ts';
import { tlsOf } from './tls.ts';

export interface ConnectionOptions {
  /** `postgres://…`, without a password. */
  readonly url: string;
  /** Null: none, or as the URL's `sslcert` and the server decide. */
  readonly password: string | null;
  /** How many at once. */
  readonly most: number;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  /** Default: those of the service. */
  readonly limits?: Limits;
}

/** In ms; 0: none. */
export interface Limits {
  /** Of a wait for a lock. */
  readonly lockMs: number;
  /** Of a pause in the middle of a transaction. */
  readonly idleMs: number;
  readonly statementMs: number;
}

/**
 * A replica that stops in the middle of a transaction, as when its machine is suspended, holds up all others for so
 * long.
 */
const SERVICE_LIMITS: Limits = { lockMs: 5000, idleMs: 3000, statementMs: 8000 };
const CONNECT_MS = 5000;
const IDLE_MS = 30_000;
/** Roles and databases may have another default, and who has waited for the one order has to see what others stored. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: the wait for a standby was cancelled. */
const WARNING = '01000';
const IS_STANDBY = statement('SELECT pg_is_in_recovery() AS "isStandby"');

const INT8 = 20;

/** Connections to one database. Whatever goes wrong on one ends it, and the next work gets another. */
export class Connections {
  readonly #pool: Pool;
  readonly #isPrepared: boolean;
  /** Where a pooler may hand each transaction to another server. Null: a connection has one server as long as it lives. */
  readonly #pooledPlace: string | null;
  /** SQL. */
  readonly #limits: string;
  #errors = 0;

  constructor({ url, password, most, name, limits = SERVICE_LIMITS }: ConnectionOptions) {
    const { settings, isPrepared } = parseUrl(url);
    const place = `${settings.host}:${settings.port}`;
    const mayBePooled = isPrepared !== null;
    this.#isPrepared = isPrepared ?? true;
    this.#pooledPlace = mayBePooled ? place : null;
    const { lockMs, idleMs, statementMs } = limits;
    this.#limits = `SET LOCAL lock_timeout = ${lockMs}; SET LOCAL idle_in_transaction_session_timeout = ${idleMs}; SET LOCAL statement_timeout = ${statementMs}`;
    this.#pool = new Pool({
      ...settings,
      ...(password === null ? {} : { password }),
      max: most,
      application_name: name,
      pipeline: true,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: IDLE_MS,
      query_timeout: statementMs,
      types: { getTypeParser: typeParser },
      onConnect: (client: pg.ClientBase) => checkConnection(client, { place, mayBePooled }),
    } as pg.PoolConfig);
  }

  get status(): Pick<DatabaseStatus, 'openConnections' | 'waiting' | 'errors'> {
    return { ...this.#pool.status, errors: this.#errors };
  }

  /** Statements outside of any transaction. */
  read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#use((_, session) => work(session));
  }

  /**
   * One transaction. `work` is called before its beginning is answered. Rejects with `store_unavailable` if it may
   * not be durable; then it is either undone or done as a whole, and nobody knows which.
   */
  transact<T>(work: (session: Session) => Promise<T>, begin = BEGIN): Promise<T> {
    return this.#use(async (client, session) => {
      let isUnsynced = false;
      const warn = ({ code }: { code?: string | undefined }) => {
        isUnsynced ||= code === WARNING;
      };
      client.on('notice', warn);
      writeTogether(client);
      try {
        const [, result] = await Promise.all([client.query(`${begin}; ${this.#limits}`), work(session)]);
        const [, { command }] = await Promise.all([session.sent(), client.query('COMMIT')]);
        if (command !== 'COMMIT') throw new Error('The database has undone the transaction.');
        if (isUnsynced)
          throw new AntError('store_unavailable', 'the standby has not confirmed the transaction');
        return result;
      } finally {
        client.off('notice', warn);
      }
    });
  }

  /** One moment for all statements, which only read. Rejects with `store_unavailable` at a standby, which may be behind. */
  readAsOfOneMoment<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.transact(async (session) => {
      await this.#refuseStandby(session);
      return work(session);
    }, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  }

  close(): Promise<void> {
    return this.#pool.end(CONNECT_MS);
  }

  /** A server that becomes a standby restarts, which ends its connections, but not those of a pooler to us. */
  async #refuseStandby(session: Session): Promise<void> {
    if (this.#pooledPlace === null) return;
    const [answer] = await session.rows<{ readonly isStandby: boolean }>(IS_STANDBY);
    if (answer?.isStandby) throw standby(this.#pooledPlace);
  }

  async #use<T>(work: (client: pg.PoolClient, session: OpenSession) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const session = sessionOf(client, this.#isPrepared);
    try {
      const result = await work(client, session);
      client.release();
      return result;
    } catch (error) {
      // Whatever state it is in now.
      this.#pool.discard(client, session.failure ?? error);
      this.#errors += 1;
      throw storeError(session.failure ?? error);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      this.#errors += 1;
      throw storeError(error);
    }
  }
}

function typeParser(oid: number, format: 'text' | 'binary' = 'text'): unknown {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');
}

/** What a URL says of a connection. */
export interface ParsedUrl {
  readonly settings: pg.ClientConfig;
  /** Whether a connection keeps prepared statements; null: the URL does not say. */
  readonly isPrepared: boolean | null;
}

/** Parameters as of libpq, and `prepared=false`. Throws `config_invalid` for a file that can't be used. */
export function parseUrl(text: string): ParsedUrl {
  const url = new URL(text);
  const prepared = url.searchParams.get('prepared');
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname.replace(/^\[|\]$/g, ''));
  return {
    isPrepared: prepared === null ? null : prepared !== 'false',
    settings: {
      host: host || '127.0.0.1',
      port: Number(url.port || 5432),
      user: decodeURIComponent(url.username) || 'ant_watcher',
      database: decodeURIComponent(url.pathname.slice(1)) || 'ant_watcher',
      ssl: tlsOf(url.searchParams, host),
    } as pg.ClientConfig,
  };
}
