import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '../test/postgres.ts';
import { noteLeftOver } from './left-overs.ts';
import { noteDetached } from './machine.ts';
import { MS_PER_TICK } from './process-usage.ts';

/** A PostgreSQL server of the bench, as it is by default: what it answers as stored is on the disk. */
export interface DatabaseServer extends AsyncDisposable {
  readonly port: number;
  /** An empty database; answers its URL. */
  createDatabase(): Promise<string>;
  /** CPU time of all its processes since its start, user and system. */
  cpuMs(): number;
}

export async function startDatabaseServer(): Promise<DatabaseServer> {
  const server = await startPostgres({ isForgetful: false, settings: ['shared_buffers=128MB'] });
  const forget = noteLeftOver({ [Symbol.dispose]: () => void server[Symbol.asyncDispose]() });
  const pid = Number(readFileSync(join(server.folder, 'data/postmaster.pid'), 'utf8').split('\n', 1)[0]);
  return {
    port: server.port,
    createDatabase: () => server.createDatabase(),
    cpuMs: () => cpuMsWithChildren(pid),
    async [Symbol.asyncDispose]() {
      noteDetached(cpuMsWithChildren(pid));
      await server[Symbol.asyncDispose]();
      forget();
    },
  };
}

/** Of a process, of those it started, and of those of them that have ended. */
function cpuMsWithChildren(pid: number): number {
  let ticks = 0;
  for (const each of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(each);
    // After the program's name: the parent is field 4, utime 14, stime 15, those of children that ended 16 and 17.
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
    if (Number(each) === pid) ticks += user + system + endedUser + endedSystem;
    else if (Number(fields[1]) === pid) ticks += user + system;
  }
  return ticks * MS_PER_TICK;
}

/** Empty if it has ended meanwhile. */
function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
