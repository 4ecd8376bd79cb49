import { AntError } from '../../domain/errors.ts';
import { sleep } from '../../timing/sleep.ts';
import { type ConnectionOptions, Connections, parseUrl } from './connections.ts';
import { findTables, refuseForeign } from './found-tables.ts';
import { type Migration, ownMigrations, refuseTooNew, type Schema } from './migrations.ts';
import { databaseCodeOf, explained } from './remedies.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import {
  type Asker,
  grantCreate,
  grantUse,
  readServerFacts,
  refuseHalfMoved,
  refuseUnsuitable,
} from './suitable.ts';

export interface MigrateOptions extends Pick<ConnectionOptions, 'url' | 'password'> {
  /** Default: those of this version. */
  readonly migrations?: readonly Migration[];
  /** Whether everything is to be moved into it: a move that was interrupted is no reason to refuse it. */
  readonly isMove?: boolean;
}

/**
 * A change of a table waits for those who use it, and whoever comes then waits for it: not for long, but again and
 * again. Rows are changed for as long as it takes.
 */
const LIMITS = { lockMs: 2000, idleMs: 0, statementMs: 0 };
const PAUSE_MS = 250;
/** Others that upgrade the database, or hold a table that is to be changed, are waited for so often. */
const MOST_ATTEMPTS = 1000;
/** lock_not_available, deadlock_detected */
const PASSING: ReadonlySet<unknown> = new Set(['55P03', '40P01']);

/** Of those who upgrade a database. Nobody waits for it in the database: an index would wait for who waits. */
const TRY_LOCK = statement('SELECT pg_try_advisory_xact_lock(4708521361) AS "isHeld"');
/** Another program's table may have that name. */
const HAS_SCHEMA = statement(
  `SELECT EXISTS (SELECT FROM pg_attribute
     WHERE attrelid = to_regclass('schema') AND attname = 'oldest') AS "isThere"`,
);
const SCHEMA = statement('SELECT version, oldest FROM schema');
const NOTE = statement('UPDATE schema SET version = $1, oldest = $2');

/** What an empty database has. */
const NO_SCHEMA: Schema = { version: 0, oldest: 0 };

/**
 * Makes the tables, or makes those of an older version what this one needs, while others may use them. A process that
 * is killed meanwhile leaves whole versions behind. Throws `store_too_new`, `store_unsupported`,
 * `store_refused` or `store_unavailable`.
 */
export async function migrate({
  url,
  password,
  migrations = ownMigrations(),
  isMove = false,
}: MigrateOptions): Promise<void> {
  const connections = new Connections({
    ...{ url: unprepared(url), password, limits: LIMITS },
    // One holds the lock while the other makes an index.
    ...{ most: 2, name: 'ant-watcher upgrade' },
  });
  const { user = '', database = '' } = parseUrl(url).settings;
  const asker = { user, database };
  const newest = migrations.length;
  try {
    const isReady = await connections.read(async (session) => {
      const facts = await readServerFacts(session);
      refuseUnsuitable(facts, asker);
      if (!isMove) refuseHalfMoved(facts);
      const found = await findTables(session);
      const schema = await readSchema(session);
      refuseForeign(found, { ...facts, ...asker, version: schema.version });
      refuseTooNew(schema, newest);
      if (schema.version < newest && !facts.mayCreate) throw forbidden(asker, facts.schemaName);
      return schema.version >= newest;
    });
    if (!isReady) await upgrade(connections, migrations);
  } catch (error) {
    throw explained(error, asker);
  } finally {
    await connections.close();
  }
}

/**
 * What is prepared keeps its view of the database until the next statement, and `CREATE INDEX CONCURRENTLY` would wait
 * for that of the connection that has the lock.
 */
function unprepared(text: string): string {
  const url = new URL(text);
  url.searchParams.set('prepared', 'false');
  return url.href;
}

async function upgrade(connections: Connections, migrations: readonly Migration[]): Promise<void> {
  for (let attempt = 1; ; ) {
    try {
      const step = await connections.transact((session) => takeStep(session, connections, migrations));
      if (step === 'done') return;
      if (step === 'busy') attempt += 1;
    } catch (error) {
      if (!PASSING.has(databaseCodeOf(error)) || attempt >= MOST_ATTEMPTS) throw error;
      attempt += 1;
    }
    if (attempt > MOST_ATTEMPTS)
      throw new AntError(
        'store_unavailable',
        'another ant-watcher has been upgrading the database for minutes',
      );
    if (attempt > 1) await sleep(PAUSE_MS);
  }
}

/** One migration in one transaction: the next one that the database has not seen. */
async function takeStep(
  session: Session,
  connections: Connections,
  migrations: readonly Migration[],
): Promise<'done' | 'busy' | 'taken'> {
  const [lock] = await session.rows<{ readonly isHeld: boolean }>(TRY_LOCK);
  if (!lock?.isHeld) return 'busy';
  const schema = await readSchema(session);
  refuseTooNew(schema, migrations.length);
  const next = migrations.find(({ version }) => version > schema.version);
  if (next === undefined) return 'done';
  for (const text of next.statements) {
    if (next.isTransaction) session.send(statement(text));
    else await connections.read((apart) => apart.run(statement(text)));
  }
  session.send(NOTE, [next.version, next.oldest]);
  return 'taken';
}

/** The schema that the database has. */
export async function readSchema(session: Session): Promise<Schema> {
  const [found] = await session.rows<{ readonly isThere: boolean }>(HAS_SCHEMA);
  if (!found?.isThere) return NO_SCHEMA;
  const [schema] = await session.rows<Schema>(SCHEMA);
  return schema ?? NO_SCHEMA;
}

function forbidden(asker: Asker, schemaName: string | null, cause?: unknown): AntError {
  const message = `${asker.user} may not make or change tables in the database ${asker.database}`;
  return new AntError('store_unavailable', message, {
    cause,
    hint: `As a superuser, in that database: ${grantCreate(schemaName, asker)}; where its tables are another user's, make that one their owner or start once with that one, then: ${grantUse(schemaName, asker)}.`,
  });
}
