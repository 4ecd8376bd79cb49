import type { BranchGroup } from './branch-class.ts';
import type { DeploymentReading } from './deployment-queries.ts';
import type { Explanation } from './explanation.ts';
import type { DatedJobPage } from './job-list.ts';
import type { LabelPatterns } from './label-patterns.ts';
import type { JobState, RunState } from './lifecycle/state.ts';
import type { JobFilters, ListQuery } from './list-query.ts';
import type { Status } from './observation.ts';
import type { CurrentLabels, RepositoryLabel } from './repository-labels.ts';

/*
 * What the questions of the page and the read API can read: the seam between a database and the pure
 * computations in `src/queries/`.
 */

/** Of facts: from the first time until before the last. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * As those of the list of jobs, with the same meaning for every kind of fact. What a kind does not hold itself
 * is that of its job or run: the branch of a job is the one of its run, and a run fits a `jobName` if one of
 * its jobs does.
 */
export type HistoryFilters = JobFilters;

export const NO_FILTERS: HistoryFilters = {
  repository: [],
  workflow: [],
  jobName: [],
  runsOn: [],
  label: [],
  runnerGroup: [],
  branch: [],
  event: [],
  conclusion: [],
};

/** One value of each fact. Times are milliseconds since the epoch. NaN: not known. */
export type NumberColumn = Float64Array;
/**
 * Numbers that stand for texts (`HistoryReader.texts`), the same in all columns of names of one reader, and in all of
 * words. 0: none.
 */
export type TextColumn = Float64Array | Int32Array;

/** Whose fact it is. */
interface PlaceColumns {
  readonly jobId: NumberColumn;
  readonly runId: NumberColumn;
  readonly runAttempt: NumberColumn;
  readonly repository: TextColumn;
  readonly workflow: TextColumn;
  readonly jobName: TextColumn;
  readonly runsOn: TextColumn;
  /** `unknown` if no payload named it. */
  readonly runnerGroup: TextColumn;
}

/** As `StartedJob` of `history.ts`. */
export interface StartedJobColumns extends PlaceColumns {
  readonly startedAtMs: NumberColumn;
  readonly queueMs: NumberColumn;
}

/** As `FinishedJob`. */
export interface FinishedJobColumns extends PlaceColumns {
  readonly endedAtMs: NumberColumn;
  readonly durationMs: NumberColumn;
  /** Since when it waited for a runner, if none took it. */
  readonly queuedAtMs: NumberColumn;
  readonly conclusion: TextColumn;
  readonly sku: TextColumn;
  readonly billedSeconds: NumberColumn;
  readonly microDollars: NumberColumn;
  readonly unpricedSeconds: NumberColumn;
  readonly wasted: TextColumn;
}

/** As `FailedJob`. */
export interface FailedJobColumns extends PlaceColumns {
  readonly endedAtMs: NumberColumn;
  readonly cause: TextColumn;
  readonly step: TextColumn;
}

/** As `ExplainedJob`. */
export interface ExplainedJobColumns extends PlaceColumns {
  readonly endedAtMs: NumberColumn;
  readonly reason: TextColumn;
  readonly exitCode: NumberColumn;
}

/** As `FlakyJob`. */
export interface FlakyJobColumns extends PlaceColumns {
  readonly endedAtMs: NumberColumn;
  readonly times: NumberColumn;
}

/** As `FinishedRun`. */
export interface FinishedRunColumns {
  readonly endedAtMs: NumberColumn;
  readonly runId: NumberColumn;
  readonly runAttempt: NumberColumn;
  readonly repository: TextColumn;
  readonly workflow: TextColumn;
  readonly event: TextColumn;
  readonly branch: TextColumn;
  readonly conclusion: TextColumn;
  readonly durationMs: NumberColumn;
}

/** The columns of each kind of fact. The first is the time that windows are about, and batches are ordered by. */
export interface FactColumns {
  readonly startedJobs: StartedJobColumns;
  readonly finishedJobs: FinishedJobColumns;
  readonly failedJobs: FailedJobColumns;
  readonly explainedJobs: ExplainedJobColumns;
  readonly flakyJobs: FlakyJobColumns;
  readonly finishedRuns: FinishedRunColumns;
}
export type FactKind = keyof FactColumns;

/** Some facts: the values at one index of each column belong together. */
export type Batch<Columns, Name extends keyof Columns> = Pick<Columns, Name> & { readonly size: number };

/**
 * Reads those columns of the facts in a window that fit, in batches of a few thousand. A batch is there until
 * the next is asked for: its columns may be used for that again.
 */
export type ReadFacts<Columns> = <Name extends keyof Columns & string>(
  window: Window,
  filters: HistoryFilters,
  names: readonly Name[],
) => AsyncIterable<Batch<Columns, Name>>;

/** A step of a job that is over. */
export interface HistoryStep {
  readonly number: number;
  readonly name: string;
  readonly conclusion: string | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
}

/** A job that is not over. Names are as in the labels of metrics, before an operator's own patterns. */
export interface OpenJob {
  readonly jobId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly repository: string;
  readonly workflow: string;
  readonly jobName: string;
  /** As GitHub spells it, with its matrix. */
  readonly name: string;
  /** The name of its branch, not its class. */
  readonly branchName: string | null;
  readonly runsOn: string;
  /** `unknown` if no payload named it. */
  readonly runnerGroup: string;
  readonly runnerName: string | null;
  readonly status: Status;
  readonly createdAtMs: number | null;
  /** When a runner took it; null if none did. */
  readonly startedAtMs: number | null;
  /** Since when it waits, or runs. */
  readonly beganAtMs: number;
  /** A ghost: its end was probably lost. Not in the gauges of active jobs. */
  readonly isStale: boolean;
}

/** The end of a run attempt, or that it was held for an approval. */
export interface LastRun {
  readonly runId: number;
  readonly runAttempt: number;
  readonly conclusion: string;
  readonly durationMs: number | null;
}

/** One workflow file. Names are as in the labels of metrics, before an operator's own patterns. */
export interface WorkflowOfDefaultBranch {
  readonly repository: string;
  readonly workflow: string;
  /** Since the latest success. */
  readonly failures: number;
  readonly failingSinceMs: number | null;
  /** The one among the failures that was created last. */
  readonly failedRunId: number | null;
  readonly lastRunMs: number;
  readonly lastSuccessMs: number | null;
}

/** A run attempt that is not over. */
export interface OpenRun {
  readonly run: RunState;
  /** The start of the attempt. */
  readonly beganAtMs: number;
  /** A ghost: its end was probably lost. Not in the gauges of active runs. */
  readonly isStale: boolean;
}

export type AttemptKey = Pick<RunState, 'runId' | 'runAttempt'>;

/** All attempts of a run, and the jobs of each, as far as they are known. */
export interface WholeRun {
  readonly runs: readonly RunState[];
  readonly jobs: readonly JobState[];
}

/**
 * Reads for one question, and lives no longer. Everything is as of one moment, except where the database is in
 * memory: there, changes between two batches show. Rejects with `query_too_slow` when the question takes too
 * long.
 */
export interface HistoryReader
  extends DeploymentReading,
    Readonly<{ [Kind in FactKind]: ReadFacts<FactColumns[Kind]> }> {
  /** When the question was asked. */
  readonly nowMs: number;
  /** Every change until then is in the answer. */
  readonly asOfMs: number;
  /** When the first job ended that the history knows; null: none has. */
  beginsAtMs(): Promise<number | null>;
  /** The texts behind numbers of text columns. 0 has none. */
  texts(ids: Iterable<number>): Promise<ReadonlyMap<number, string>>;
  /** The number of a conclusion, sku or cause in text columns. Not of names. */
  wordId(word: string): number;
  /** The steps of those jobs whose steps are known, in order. */
  steps(jobIds: readonly number[]): Promise<ReadonlyMap<number, readonly HistoryStep[]>>;
  /** When the first job ended whose steps are kept; null: none are. */
  stepsBeginAtMs(): Promise<number | null>;
  openJobs(filters: HistoryFilters): Promise<readonly OpenJob[]>;
  /** Filters that are about jobs are ignored. */
  openRuns(filters: HistoryFilters): Promise<readonly OpenRun[]>;
  /** By `runKey`; an attempt that is not known is missing. */
  runStates(attempts: readonly AttemptKey[]): Promise<ReadonlyMap<string, RunState>>;
  /** When the run of an attempt was created, by `runKey`; missing where that is not known. */
  runCreations(attempts: readonly AttemptKey[]): Promise<ReadonlyMap<string, number>>;
  /** From the start of an attempt to that of its first job, by `runKey`; missing where one is not known. */
  runQueues(attempts: readonly AttemptKey[]): Promise<ReadonlyMap<string, number>>;
  /** Null: not known. */
  wholeRun(runId: number): Promise<WholeRun | null>;
  /** The last runs of a workflow that fit, the latest first. The numbers are those of text columns. */
  lastRuns(
    repository: number,
    workflow: number,
    query: { readonly beforeMs: number; readonly filters: HistoryFilters; readonly limit: number },
  ): Promise<readonly LastRun[]>;
  /** How workflows are doing on the default branches of their repositories, of those that have run there. */
  workflowStates(): Promise<readonly WorkflowOfDefaultBranch[]>;
  /** Single jobs, as many and in the order as requested; each completed execution once. */
  listJobs(query: ListQuery): Promise<DatedJobPage>;
  /** Null: none are set (`metrics.repository_labels`). */
  repositoryLabels(): Promise<CurrentLabels | null>;
  branchClasses(): Promise<BranchClasses>;
  explainJob(jobId: number): Promise<Explanation>;
  explainRun(runId: number): Promise<Explanation>;
}

/** The classes that the branches of runs can have. */
export interface BranchClasses {
  /** The names of the operator's groups, as they are now. */
  readonly groups: readonly string[];
  /** Those that known runs have, also of groups of earlier. */
  readonly stored: readonly string[];
}

/** When a question is asked, and by which rules. */
export interface QuestionMoment {
  readonly nowMs: number;
  /** Every change until then is stored. */
  readonly asOfMs: number;
  /** The operator's, which filters follow. Default: none. */
  readonly labelPatterns?: LabelPatterns;
  /** The operator's. Default: none. */
  readonly repositoryLabels?: readonly RepositoryLabel[];
  /** The operator's. Default: none. */
  readonly branchGroups?: readonly BranchGroup[];
}

/** Where a thread can read by itself: a file, or a database on a server. The password is a secret. */
export type ReadablePlace =
  | { readonly path: string }
  | { readonly url: string; readonly password: string | null };

/** What every answer says of itself. */
export interface Dated {
  /** Every change until then is in it. */
  readonly asOfMs: number;
  /** When it was asked for. */
  readonly nowMs: number;
}
