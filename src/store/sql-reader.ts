import type { ObservationEntry } from '../domain/explanation.ts';
import type { DeploymentState, JobState, ReviewState, RunState } from '../domain/lifecycle/state.ts';
import type { AttemptKey, FactKind, HistoryFilters } from '../domain/queries.ts';
import type { CountedWorkflow } from '../domain/workflow-state.ts';
import type { Conditions } from './job-filters.ts';

/*
 * What reading for a question needs of a database, so that the questions themselves are written once. Their SQL is
 * what SQLite and PostgreSQL both understand; parameters have names, as `:jobId`.
 */

type MaybeSync<T> = T | Promise<T>;
export type SqlValues = Readonly<Record<string, string | number>>;

/** All that it answers is as of one moment, except where the database is in memory. */
export interface SqlReader {
  /** `values` has all parameters of the SQL, and no others. */
  rows<Row>(sql: string, values?: SqlValues): MaybeSync<Row[]>;
  /** The same with an array of columns for each row, which is quicker. */
  arrays<Row extends readonly unknown[]>(sql: string, values?: SqlValues): MaybeSync<Row[]>;
  /** For FROM: a row for each element of the JSON array in the parameter `:keys`, its column `value`. */
  readonly keys: string;
}

/** What holds of the facts that fit; null: none can. The table is called `fact`. */
export type ConditionsOf = (kind: FactKind, filters: HistoryFilters) => MaybeSync<Conditions | null>;

/** Reads what is known of jobs, runs and workflows. */
export interface StateReading {
  readonly jobs: {
    /** In any order. */
    ofIds(jobIds: readonly number[]): MaybeSync<JobState[]>;
    /** By attempts and ids. */
    ofRun(runId: number): MaybeSync<JobState[]>;
  };
  readonly runs: {
    load(attempts: readonly AttemptKey[]): MaybeSync<RunState[]>;
    /** By attempts. */
    ofRun(runId: number): MaybeSync<RunState[]>;
    /** Those that are not over. */
    open(): MaybeSync<RunState[]>;
  };
  readonly deployments: {
    ofRun(runId: number): MaybeSync<DeploymentState[]>;
    reviewsOfRun(runId: number): MaybeSync<ReviewState[]>;
  };
  readonly observations: {
    ofRun(runId: number): MaybeSync<ObservationEntry[]>;
    ofJob(jobId: number): MaybeSync<ObservationEntry[]>;
  };
  readonly workflows: { states(): MaybeSync<CountedWorkflow[]> };
}
