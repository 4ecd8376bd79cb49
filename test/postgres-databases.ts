import { after } from 'node:test';
import pg from 'pg';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import { startPostgres } from './postgres.ts';

/** Databases of one server, for the tests of a file. */
export interface PostgresDatabases {
  /** One that is new and has all tables; answers its URL. */
  create(): Promise<string>;
}

/** The server ends with the tests of the file. */
export function openPostgresDatabases(): PostgresDatabases {
  const started = startPostgres();
  // A copy of a database with all tables is made faster than the tables.
  const template = started.then(async (server) => {
    const url = await server.createDatabase();
    const store = await openPostgresStore({ url, password: null });
    await store[Symbol.asyncDispose]();
    return url;
  });
  template.catch(() => undefined);
  after(async () => (await started)[Symbol.asyncDispose]());
  return {
    async create() {
      const from = await template;
      return (await started).createDatabase(from);
    },
  };
}

/** Ends all connections to the database but its own, as a fail-over does. */
export async function cutConnections(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await client.end();
}
