import { parseArgs } from 'node:util';
import { AntError } from '../../domain/errors.ts';
import { type MoveProgress, move } from '../../store/move/move.ts';
import { isSharedStore } from '../../store/shared-store.ts';

export const moveHelp = `Usage: ant-watcher move --from sqlite:PATH --to postgres://USER@HOST/DATABASE [--config FILE] [--SETTING VALUE]…

Copies everything that a SQLite database holds into an empty PostgreSQL database: the numbers, jobs and runs, the
history, deliveries and samples that wait, and what recovery remembers. Stop the service before, and start it on the
new storage.url afterwards. Both are compared at the end. The SQLite database is brought to the schema of this version
and then stays as it is. If the command is interrupted, run it again: it goes on where it was.

The password is that of storage.password, which comes from the settings or ANT_WATCHER_STORAGE_PASSWORD(_FILE).

Example:
  ANT_WATCHER_STORAGE_PASSWORD_FILE=/run/secrets/db ant-watcher move \\
    --from sqlite:data/ant-watcher.db --to postgres://ant_watcher@db.internal/ant_watcher?sslmode=verify-full
`;

const TOLD_EVERY_MS = 1000;
const STEPS = { count: 'counting', move: 'moving', compare: 'comparing' } as const;

export interface MoveFlags {
  readonly from: string;
  readonly to: string;
  /** Those that are for settings. */
  readonly rest: readonly string[];
}

/** Throws `usage`. */
export function moveFlags(args: readonly string[]): MoveFlags {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, allowPositionals: true });
  const own = new Map<string, string>();
  const taken = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || (token.name !== 'from' && token.name !== 'to')) continue;
    const value = token.value ?? args[token.index + 1];
    if (value === undefined) throw new AntError('usage', `move: --${token.name} needs a value`);
    own.set(token.name, value);
    taken.add(token.index);
    if (token.value === undefined) taken.add(token.index + 1);
  }
  const [from, to] = [own.get('from'), own.get('to')];
  if (from === undefined || !/^sqlite:(?!\/\/)./.test(from))
    throw new AntError('usage', 'move: --from sqlite:PATH is missing', { hint: 'see ant-watcher help move' });
  if (to === undefined || !isSharedStore(to))
    throw new AntError('usage', 'move: --to postgres://USER@HOST/DATABASE is missing', {
      hint: 'see ant-watcher help move',
    });
  return { from, to, rest: args.filter((_, index) => !taken.has(index)) };
}

/** Moves, and tells how far it is. Rejects as `move`. */
export async function runMove(
  options: { readonly from: string; readonly to: string; readonly password: string | null },
  stdout: NodeJS.WritableStream,
): Promise<number> {
  let toldAtMs = 0;
  const onProgress = ({ step, table, rows, of }: MoveProgress) => {
    const nowMs = performance.now();
    if (nowMs - toldAtMs < TOLD_EVERY_MS) return;
    toldAtMs = nowMs;
    stdout.write(`${STEPS[step]} ${table}: ${rows} of ${of}\n`);
  };
  const rows = await move({ ...options, onProgress });
  stdout.write(`${rows} rows moved, and found equal. Start the service with storage.url ${options.to}.\n`);
  return 0;
}
