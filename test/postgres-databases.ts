import { after } from 'node:test';
import pg from 'pg';
import { migrate } from '../src/store/postgres/migrate.ts';
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
    await migrate({ url, password: null });
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
export function cutConnections(url: string): Promise<void> {
  return withClient(url, async (client) => {
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  });
}

/** Makes all tables as small as they will be: without the changes of the last minutes. */
export function vacuum(url: string): Promise<void> {
  return withClient(url, async (client) => {
    await client.query('DELETE FROM changes WHERE seq < (SELECT MAX(seq) FROM changes)');
    const { rows } = await client.query(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    await client.query(`VACUUM FULL ${rows.map(({ name }) => name).join(', ')}`);
  });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
