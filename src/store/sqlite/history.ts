import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ForgettingHistory } from '../../domain/forgetting.ts';
import type {
  ExplainedJob,
  FailedJob,
  FinishedJob,
  FinishedRun,
  FlakyJob,
  HistoryRecords,
  JobPlace,
  RepeatedJob,
  StartedJob,
} from '../../domain/history.ts';
import { packSteps } from '../packed-steps.ts';
import { type Names, openNames } from './names.ts';
import { openPackedHours, type PackedHours } from './packed-hours.ts';

/** What happened, for the retention. Every method runs inside of the caller's transaction. */
export interface HistoryTables {
  /** What is told again replaces what was told before. */
  add(records: HistoryRecords): void;
  /** What is there already stays as it is. */
  addMissing(records: HistoryRecords): void;
  /** As `Store.packHistory`. */
  pack(beforeMs: number, facts: number): boolean;
  /** As `Forgetting.forgetHistory`. */
  forget(step: ForgettingHistory): number;
  /** To be called when a transaction is undone: rows it made are gone. */
  forgetRows(): void;
}

/** The tables, and the column of the time by which each is ordered. */
const FACTS = [
  ['started_job_facts', 'started_at_ms'],
  ['finished_job_facts', 'ended_at_ms'],
  ['failed_job_facts', 'ended_at_ms'],
  ['explained_job_facts', 'ended_at_ms'],
  ['flaky_job_facts', 'ended_at_ms'],
  ['finished_run_facts', 'ended_at_ms'],
] as const;
const STEPS = ['job_steps', 'ended_at_ms'] as const;

export function openHistoryTables(database: DatabaseSync): HistoryTables {
  const names = openNames(database);
  const packed = openPackedHours(database, names);
  const forgetFacts = FACTS.map((table) => openForget(database, table));
  const forgetSteps = openForget(database, STEPS);
  return {
    add: openAdd(database, names, packed, 'REPLACE'),
    addMissing: openAdd(database, names, packed, 'IGNORE'),
    pack: packed.pack,
    forget({ beforeMs, stepsBeforeMs, limit }) {
      packed.forget(beforeMs);
      return forgetFacts.reduce(
        (sum, forget) => sum + forget(beforeMs, limit),
        forgetSteps(stepsBeforeMs, limit),
      );
    },
    forgetRows: names.forgetRows,
  };
}

function openAdd(
  database: DatabaseSync,
  { idOf }: Names,
  packed: PackedHours,
  or: 'REPLACE' | 'IGNORE',
): HistoryTables['add'] {
  const insert = (table: string, columns: number) =>
    database.prepare(`INSERT OR ${or} INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`);
  const started = insert('started_job_facts', 10);
  const failed = insert('failed_job_facts', 11);
  const explained = insert('explained_job_facts', 11);
  const onFlaky = or === 'IGNORE' ? 'DO NOTHING' : 'DO UPDATE SET times = times + excluded.times';
  const flaky = database.prepare(
    `INSERT INTO flaky_job_facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT ${onFlaky}`,
  );
  const runs = insert('finished_run_facts', 9);
  const placeOf = openPlaceOf(idOf);
  const ends = openAddEnds(database, insert, { idOf, placeOf, packed });

  function addStarted(job: StartedJob): void {
    packed.note('startedJobs', job.startedAtMs);
    started.run(job.startedAtMs, ...placeOf(job), job.queueMs, idOf(job.runnerGroup));
  }

  function addFailed(job: FailedJob): void {
    packed.note('failedJobs', job.endedAtMs);
    const step = job.step === null ? null : idOf(job.step);
    failed.run(job.endedAtMs, ...placeOf(job), job.cause, step, idOf(job.runnerGroup));
  }

  function addExplained(job: ExplainedJob): void {
    packed.note('explainedJobs', job.endedAtMs);
    explained.run(job.endedAtMs, ...placeOf(job), idOf(job.runnerGroup), job.reason, job.exitCode);
  }

  function addFlaky(job: FlakyJob): void {
    packed.note('flakyJobs', job.endedAtMs);
    flaky.run(job.endedAtMs, ...placeOf(job), job.times, idOf(job.runnerGroup));
  }

  function addRun(run: FinishedRun): void {
    packed.note('finishedRuns', run.endedAtMs);
    const { endedAtMs, runId, runAttempt, conclusion, repository, workflow, event, branch } = run;
    const named = [repository, workflow, event, branch].map(idOf);
    runs.run(endedAtMs, runId, runAttempt, conclusion, ...named, run.durationMs);
  }

  return (records) => {
    const { startedJobs, finishedJobs, failedJobs, explainedJobs, flakyJobs } = records;
    const { repeatedJobs, finishedRuns } = records;
    for (const job of startedJobs) addStarted(job);
    for (const job of finishedJobs) ends.add(job);
    for (const job of failedJobs) addFailed(job);
    for (const job of explainedJobs) addExplained(job);
    for (const job of flakyJobs) addFlaky(job);
    for (const job of repeatedJobs) ends.repeat(job);
    for (const run of finishedRuns) addRun(run);
  };
}

/** The columns of whose fact it is. */
function openPlaceOf(idOf: Names['idOf']) {
  return ({ jobId, runId, runAttempt, repository, workflow, jobName, runsOn }: JobPlace) =>
    [jobId, runId, runAttempt, ...[repository, workflow, jobName, runsOn].map(idOf)] as const;
}

interface Placing {
  readonly idOf: Names['idOf'];
  readonly placeOf: (job: JobPlace) => readonly (string | number)[];
  readonly packed: PackedHours;
}

/** Adds the ends of jobs, with their steps. */
function openAddEnds(
  database: DatabaseSync,
  insert: (table: string, columns: number) => StatementSync,
  { idOf, placeOf, packed }: Placing,
) {
  const finished = insert('finished_job_facts', 16);
  const steps = insert('job_steps', 3);
  const repeated = database.prepare(
    `UPDATE finished_job_facts SET wasted = 'repeated' WHERE ended_at_ms = ? AND job_id = ?`,
  );
  return {
    add(job: FinishedJob): void {
      packed.note('finishedJobs', job.endedAtMs);
      const { endedAtMs, runnerGroup, conclusion, durationMs, sku } = job;
      const { billedSeconds, microDollars, unpricedSeconds, wasted } = job;
      const end = [idOf(runnerGroup), conclusion, durationMs, sku];
      const sums = [billedSeconds, microDollars, unpricedSeconds];
      finished.run(endedAtMs, ...placeOf(job), ...end, ...sums, wasted);
      if (job.steps.length > 0) steps.run(endedAtMs, job.jobId, packSteps(job.steps));
    },

    repeat({ jobId, endedAtMs }: RepeatedJob): void {
      packed.note('finishedJobs', endedAtMs);
      repeated.run(endedAtMs, jobId);
    },
  };
}

function openForget(
  database: DatabaseSync,
  [table, time]: readonly [string, string],
): (beforeMs: number, limit: number) => number {
  // All that happened in the same second goes at once, so that each call comes further.
  const remove = database.prepare(
    `DELETE FROM ${table} WHERE ${time} <= COALESCE(
       (SELECT ${time} FROM ${table} WHERE ${time} < ?1 ORDER BY ${time} LIMIT 1 OFFSET ?2), ?1 - 1)`,
  );
  return (beforeMs, limit) => Number(remove.run(beforeMs, limit - 1).changes);
}
