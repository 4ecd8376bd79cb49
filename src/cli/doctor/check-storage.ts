import { AntError } from '../../domain/errors.ts';
import { type Inspection, inspectDatabase } from '../../store/sqlite/inspect.ts';
import type { LooseRights } from '../../store/sqlite/rights.ts';
import { type Finding, findingsAbout } from './finding.ts';

const MIB = 1024 ** 2;
const LITTLE_BYTES = 1024 * MIB;
const TOO_LITTLE_BYTES = 64 * MIB;

const { ok, warning, failed } = findingsAbout('storage');

/** Whether the database can be used, or is in use, and whether it has space to grow. */
export function checkStorage(url: string): Finding[] {
  try {
    return judgeStorage(url, inspectDatabase(url));
  } catch (error) {
    if (!(error instanceof AntError)) throw error;
    if (error.code === 'store_locked')
      return [ok(`${url} is held by a running process; ant-watcher backup checks all of it`)];
    return [failed(error.message, error.hint ?? 'The database must be readable and writable.')];
  }
}

export function judgeStorage(url: string, found: Inspection): Finding[] {
  switch (found.kind) {
    case 'memory':
      return [warning('everything is lost at the end', 'set storage.url to sqlite:PATH')];
    case 'ready': {
      const { schema, newest, freeBytes } = found;
      const change = schema < newest ? `, and is upgraded to ${newest} at the start: copy it first` : '';
      return [
        ok(`${url} can be written; it has schema ${schema}${change}`),
        ...judgeSoundness(url, found.problems),
        ...judgeRights(found.loose),
        judgeRoom(freeBytes),
      ];
    }
    case 'absent': {
      const { folder, isWritable, freeBytes } = found;
      if (!isWritable)
        return [
          failed(
            `${url} can't be made: ${folder} is not writable`,
            'give the user the right, or name another path',
          ),
        ];
      return [ok(`${url} will be made at the first start`), judgeRoom(freeBytes)];
    }
  }
}

function judgeSoundness(url: string, problems: readonly string[]): Finding[] {
  if (problems.length === 0) return [ok("SQLite's check of every page finds nothing wrong")];
  const what = `${url} is damaged: ${problems.join('; ')}`;
  return [failed(what, 'restore a backup, or move the file away to start with an empty database')];
}

function judgeRights(loose: LooseRights | null): Finding[] {
  if (loose === null) return [];
  const { path, mode } = loose;
  return [
    warning(
      `others on this machine can read or replace the database: ${path} has the mode ${mode}`,
      `unless they shall: chmod go-rwx ${path}`,
    ),
  ];
}

function judgeRoom(freeBytes: number): Finding {
  const what = `${Math.floor(freeBytes / MIB)} MiB are free on its disk`;
  const hint = 'a full disk means that deliveries are answered 503: make room';
  if (freeBytes < TOO_LITTLE_BYTES) return failed(what, hint);
  return freeBytes < LITTLE_BYTES ? warning(what, hint) : ok(what);
}
