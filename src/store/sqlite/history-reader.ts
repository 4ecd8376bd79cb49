import type { DatabaseSync } from 'node:sqlite';
import type { HistoryReader } from '../../domain/queries.ts';
import { factConditions } from '../fact-filters.ts';
import { openHistoryReader as openSharedReader, type ReaderOptions } from '../history-reader.ts';
import { openReadFacts } from './read-facts.ts';
import { openRunsOf } from './runs-of.ts';
import { openSqlReader } from './sql-reader.ts';
import type { StateTables } from './state-tables.ts';
import { openTextIds } from './text-ids.ts';

/** Reads for one question. What makes it one moment is the transaction of the caller. */
export function openHistoryReader(
  database: DatabaseSync,
  states: StateTables,
  options: ReaderOptions,
): HistoryReader {
  const textIds = openTextIds(database);
  const { wordId } = textIds;
  const parts = { ...options, wordId, nameIds: textIds, runsOf: openRunsOf(database) };
  return openSharedReader({
    ...options,
    ...textIds,
    states,
    sql: openSqlReader(database),
    facts: (kind) => openReadFacts(database, kind, parts),
    conditionsOf: (kind, filters) => factConditions(kind, filters, parts),
  });
}
