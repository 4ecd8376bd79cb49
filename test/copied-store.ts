import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { migrate } from '../src/store/postgres/migrate.ts';

/** What questions read. */
const TABLES = [
  ...['jobs', 'runs', 'workflows', 'workflow_failures', 'observations', 'names', 'job_steps', 'repositories'],
  ...[
    'started_job_facts',
    'finished_job_facts',
    'failed_job_facts',
    'explained_job_facts',
    'flaky_job_facts',
    'finished_run_facts',
  ],
];
/** Where PostgreSQL has other columns: there, all observations have one order. */
const OTHERS: Readonly<Record<string, string>> = {
  observations: `SELECT run_id, job_id, row_number() OVER (ORDER BY run_id, number, job_id) AS number,
    entry ->> 0 AS received_at_ms, entry FROM observations`,
};
const AT_ONCE = 5000;

/** Makes the tables in an empty database and fills those that questions read with what a SQLite file holds. */
export async function copyToPostgres(path: string, url: string): Promise<void> {
  using database = new DatabaseSync(path, { readOnly: true });
  await migrate({ url, password: null });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const table of TABLES) {
    const columns = await columnsOf(client, table);
    let rows: unknown[] = [];
    const insert = async () => {
      await client.query(
        `INSERT INTO ${table} (${columns}) OVERRIDING SYSTEM VALUE
         SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`,
        [JSON.stringify(rows)],
      );
      rows = [];
    };
    for (const row of database.prepare(OTHERS[table] ?? `SELECT * FROM ${table}`).iterate()) {
      rows.push(row);
      if (rows.length === AT_ONCE) await insert();
    }
    await insert();
  }
  await client.query('ANALYZE');
  await client.end();
}

async function columnsOf(client: pg.Client, table: string): Promise<string> {
  const { rows } = await client.query<{ readonly name: string }>(
    'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1',
    [table],
  );
  return rows.map(({ name }) => name).join(', ');
}
