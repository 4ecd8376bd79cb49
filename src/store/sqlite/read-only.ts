import { DatabaseSync } from 'node:sqlite';
import { AntError } from '../../domain/errors.ts';
import type { HistoryReader, QuestionMoment } from '../../domain/queries.ts';
import { type Monotonic, monotonicMs } from '../../timing/monotonic.ts';
import { openDeploymentTables } from './deployments.ts';
import { openHistoryReader } from './history-reader.ts';
import { openJobTable } from './jobs.ts';
import { openObservationTable } from './observations.ts';
import { openRunTable } from './runs.ts';
import { storeError } from './store-error.ts';
import { openWorkflowTable } from './workflows.ts';

/** While it reads, the log of the database can't begin anew. */
const LONGEST_MS = 10_000;

/**
 * Lets `work` read the database at `path`, which another connection writes, as of one moment. The file is open
 * only meanwhile. Rejects with `store_unavailable`, or `query_too_slow` after ten seconds.
 */
export async function readOnly<T>(
  path: string,
  moment: QuestionMoment,
  work: (reader: HistoryReader) => Promise<T>,
  monotonic: Monotonic = monotonicMs,
): Promise<T> {
  const deadlineMs = monotonic() + LONGEST_MS;
  const giveWay = async () => {
    if (monotonic() > deadlineMs)
      throw new AntError('query_too_slow', 'The question takes more than ten seconds: ask for less.');
  };
  try {
    using database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    database.exec('PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY; BEGIN');
    return await work(openHistoryReader(database, tablesOf(database), { ...moment, giveWay }));
  } catch (error) {
    throw storeError(error);
  }
}

function tablesOf(database: DatabaseSync) {
  return {
    jobs: openJobTable(database),
    runs: openRunTable(database),
    deployments: openDeploymentTables(database),
    observations: openObservationTable(database),
    workflows: openWorkflowTable(database),
  };
}
