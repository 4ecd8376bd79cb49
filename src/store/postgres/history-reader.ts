import type { HistoryReader } from '../../domain/queries.ts';
import { factConditions } from '../fact-filters.ts';
import { openHistoryReader as openSharedReader, type ReaderOptions } from '../history-reader.ts';
import type { ConditionsOf, StateReading } from '../sql-reader.ts';
import { deploymentsOfRun, reviewsOfRun } from './deployments.ts';
import { openFilterParts } from './fact-filters.ts';
import { jobsOfIds, jobsOfRun } from './jobs.ts';
import { observationsOfJob, observationsOfRun } from './observations.ts';
import { openReadFacts } from './read-facts.ts';
import { loadRuns, openRuns, runsOfRun } from './runs.ts';
import { openRunsOf } from './runs-of.ts';
import type { Session } from './session.ts';
import { openSqlReader } from './sql-reader.ts';
import { TextIds } from './text-ids.ts';
import { readWorkflows } from './workflows.ts';

/** Reads for one question. What makes it one moment is the transaction of the session. */
export async function openHistoryReader(session: Session, options: ReaderOptions): Promise<HistoryReader> {
  const { giveWay, labelPatterns } = options;
  const sql = openSqlReader(session);
  const filterPartsOf = openFilterParts(session, labelPatterns);
  const conditionsOf: ConditionsOf = async (kind, filters) =>
    factConditions(kind, filters, await filterPartsOf(filters));
  const { wordId, texts } = await TextIds.open(session);
  const runsOf = openRunsOf(session);
  return openSharedReader({
    ...options,
    sql,
    conditionsOf,
    wordId,
    texts,
    states: statesOf(session),
    facts: (kind) => openReadFacts(kind, { session, sql, filterPartsOf, wordId, runsOf, giveWay }),
  });
}

/** The same session's. */
export function statesOf(session: Session): StateReading {
  return {
    jobs: { ofIds: (ids) => jobsOfIds(session, ids), ofRun: (id) => jobsOfRun(session, id) },
    runs: {
      load: (attempts) => loadRuns(session, attempts),
      ofRun: (id) => runsOfRun(session, id),
      open: () => openRuns(session),
    },
    deployments: {
      ofRun: (id) => deploymentsOfRun(session, id),
      reviewsOfRun: (id) => reviewsOfRun(session, id),
    },
    observations: {
      ofRun: (id) => observationsOfRun(session, id),
      ofJob: (id) => observationsOfJob(session, id),
    },
    workflows: { states: () => readWorkflows(session) },
  };
}
