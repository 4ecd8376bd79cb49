import type { DatabaseSync } from 'node:sqlite';
import { runKey } from '../../domain/lifecycle/state.ts';
import type { HistoryReader, HistoryStep, QuestionMoment } from '../../domain/queries.ts';
import { parseStored } from '../stored-json.ts';
import { explainJob, explainRun } from './explain.ts';
import { openJobList } from './job-list.ts';
import { openLastRuns, readWorkflowStates } from './last-runs.ts';
import { readOpenJobs } from './open-jobs.ts';
import { readOpenRuns, readRunCreations, readRunQueues } from './open-runs.ts';
import { openReadFacts } from './read-facts.ts';
import { openRunsOf } from './runs-of.ts';
import type { StateTables } from './state-tables.ts';
import { openTextIds } from './text-ids.ts';

export interface ReaderOptions extends QuestionMoment {
  /** Called between two batches. May throw. */
  readonly giveWay: () => Promise<void>;
}

/** Reads for one question. What makes it one moment is the transaction of the caller. */
export function openHistoryReader(
  database: DatabaseSync,
  tables: StateTables,
  options: ReaderOptions,
): HistoryReader {
  const { jobs, runs, workflows } = tables;
  const { nowMs, asOfMs, labelPatterns } = options;
  const textIds = openTextIds(database);
  const parts = { ...options, textIds, runsOf: openRunsOf(database) };
  return {
    nowMs,
    asOfMs,
    startedJobs: openReadFacts(database, 'startedJobs', parts),
    finishedJobs: openReadFacts(database, 'finishedJobs', parts),
    failedJobs: openReadFacts(database, 'failedJobs', parts),
    flakyJobs: openReadFacts(database, 'flakyJobs', parts),
    finishedRuns: openReadFacts(database, 'finishedRuns', parts),
    beginsAtMs: async () => beginOf(database, 'finished_job_facts'),
    texts: async (ids) => textIds.texts(ids),
    wordId: textIds.wordId,
    steps: async (jobIds) => readSteps(database, jobIds),
    stepsBeginAtMs: async () => beginOf(database, 'job_steps'),
    openJobs: async (filters) => readOpenJobs(database, filters, options),
    openRuns: async (filters) => readOpenRuns(runs, filters, options),
    runStates: async (attempts) => new Map(runs.load(attempts).map((run) => [runKey(run), run])),
    runCreations: async (attempts) => readRunCreations(database, attempts),
    runQueues: async (attempts) => readRunQueues(database, attempts),
    async wholeRun(runId) {
      const whole = { runs: runs.ofRun(runId), jobs: jobs.ofRun(runId).filter(({ isJob }) => isJob) };
      return whole.runs.length + whole.jobs.length === 0 ? null : whole;
    },
    lastRuns: openLastRuns(database, parts),
    workflowStates: async () => readWorkflowStates(workflows),
    async listJobs(query) {
      const page = await openJobList(
        database,
        jobs.ofId,
        options.giveWay,
      )({ ...query, ...(labelPatterns === undefined ? {} : { labelPatterns }) }, nowMs);
      return { ...page, asOfMs, nowMs };
    },
    explainJob: async (jobId) => explainJob(jobId, tables),
    explainRun: async (runId) => explainRun(runId, tables),
  };
}

function beginOf(database: DatabaseSync, table: 'finished_job_facts' | 'job_steps'): number | null {
  const begin = database.prepare(`SELECT MIN(ended_at_ms) AS begin FROM ${table}`).get()?.['begin'];
  return typeof begin === 'number' ? begin : null;
}

function readSteps(
  database: DatabaseSync,
  jobIds: readonly number[],
): ReadonlyMap<number, readonly HistoryStep[]> {
  const select = database.prepare(`
    SELECT steps FROM jobs JOIN job_steps AS told
      ON told.job_id = jobs.job_id AND told.ended_at_ms = COALESCE(jobs.completed_at_ms, jobs.status_at_ms)
    WHERE jobs.job_id = ?`);
  const found = new Map<number, readonly HistoryStep[]>();
  for (const jobId of jobIds) {
    const row = select.get(jobId);
    if (row !== undefined) found.set(jobId, parseStored<PackedStep[]>(row['steps'], 'job_steps').map(stepOf));
  }
  return found;
}

/** As `packStep` of history.ts. */
type PackedStep = readonly [number, string, string | null, number | null, number | null];

function stepOf([number, name, conclusion, startedAtMs, completedAtMs]: PackedStep): HistoryStep {
  return { number, name, conclusion, startedAtMs, completedAtMs };
}
