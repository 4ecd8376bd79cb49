import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { integrityProblems } from './integrity.ts';

/*
 * Reads the whole copy, on its own thread because that takes seconds, returns what is damaged in it, and
 * makes it one file that needs no log beside it. Only loaded by copy.ts.
 */

function finishCopy(path: string): readonly string[] {
  using database = new DatabaseSync(path);
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -8192');
  const problems = integrityProblems(database);
  if (problems.length === 0) database.exec('PRAGMA journal_mode = DELETE');
  return problems;
}

parentPort?.postMessage(finishCopy(String(workerData)));
