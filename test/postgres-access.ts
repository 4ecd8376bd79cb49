import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { PostgresServer } from './postgres.ts';

/** What a superuser does at a server, by its Unix socket. */
export interface PostgresAdmin {
  /** The rows of the last statement. */
  sql(text: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  /** Who may log in from now on, as in `pg_hba.conf`; the superuser may, by the socket. */
  allow(...lines: readonly string[]): Promise<void>;
  /** Puts a file into the folder of the data, as that user wants it. */
  write(name: string, text: string): void;
  /** Makes changed settings and files those of new connections. */
  reload(): Promise<void>;
}

export function adminOf({ folder, port }: Pick<PostgresServer, 'folder' | 'port'>): PostgresAdmin {
  const data = join(folder, 'data');

  async function sql(text: string, database = 'postgres') {
    const client = new pg.Client({ host: folder, port, user: 'ant_watcher', database });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows ?? [];
    } finally {
      await client.end();
    }
  }

  function write(name: string, text: string): void {
    const path = join(data, name);
    writeFileSync(path, text, { mode: 0o600 });
    const { uid, gid } = statSync(data);
    chownSync(path, uid, gid);
  }

  /** The server does it some time after it was told. */
  async function reload(): Promise<void> {
    const [before] = await sql('SELECT pg_conf_load_time()::text AS at');
    await sql('SELECT pg_reload_conf()');
    for (;;) {
      const [now] = await sql('SELECT pg_conf_load_time()::text AS at');
      if (now?.['at'] !== before?.['at']) return;
    }
  }

  return {
    sql,
    write,
    reload,
    async allow(...lines) {
      write('pg_hba.conf', ['local all ant_watcher trust', ...lines, ''].join('\n'));
      await reload();
    },
  };
}
