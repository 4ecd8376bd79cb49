import { runKey } from '../domain/lifecycle/state.ts';
import type {
  FactColumns,
  FactKind,
  HistoryReader,
  HistoryStep,
  QuestionMoment,
  ReadFacts,
} from '../domain/queries.ts';
import { readDeployments, readOutcomes } from './deployment-list.ts';
import { explainJob, explainRun } from './explain.ts';
import { openJobList } from './job-list.ts';
import { openLastRuns, readWorkflowStates } from './last-runs.ts';
import { readOpenJobs } from './open-jobs.ts';
import { readOpenRuns, readRunCreations, readRunQueues } from './open-runs.ts';
import { unpackSteps } from './packed-steps.ts';
import { readRepositoryLabels } from './repository-properties.ts';
import type { ConditionsOf, SqlReader, StateReading } from './sql-reader.ts';

export interface ReaderOptions extends QuestionMoment {
  /** Called between two batches. May throw. */
  readonly giveWay: () => Promise<void>;
}

/** What each database does in its own way. */
export interface ReaderParts extends ReaderOptions {
  readonly sql: SqlReader;
  readonly states: StateReading;
  readonly conditionsOf: ConditionsOf;
  readonly facts: <Kind extends FactKind>(kind: Kind) => ReadFacts<FactColumns[Kind]>;
  readonly texts: (ids: Iterable<number>) => Map<number, string> | Promise<Map<number, string>>;
  readonly wordId: HistoryReader['wordId'];
}

/** Reads for one question. What makes it one moment is the transaction of the caller. */
export function openHistoryReader(parts: ReaderParts): HistoryReader {
  const { sql, states, facts, nowMs, asOfMs, labelPatterns, giveWay } = parts;
  const { jobs, runs, workflows } = states;
  const listJobs = openJobList(sql, jobs, giveWay);
  return {
    nowMs,
    asOfMs,
    startedJobs: facts('startedJobs'),
    finishedJobs: facts('finishedJobs'),
    failedJobs: facts('failedJobs'),
    explainedJobs: facts('explainedJobs'),
    flakyJobs: facts('flakyJobs'),
    finishedRuns: facts('finishedRuns'),
    beginsAtMs: () => beginOf(sql, 'finished_job_facts'),
    texts: async (ids) => parts.texts(ids),
    wordId: parts.wordId,
    steps: (jobIds) => readSteps(sql, jobIds),
    stepsBeginAtMs: () => beginOf(sql, 'job_steps'),
    openJobs: (filters) => readOpenJobs(sql, filters, parts),
    openRuns: (filters) => readOpenRuns(runs, filters, parts),
    runStates: async (attempts) => new Map((await runs.load(attempts)).map((run) => [runKey(run), run])),
    runCreations: (attempts) => readRunCreations(sql, attempts),
    runQueues: (attempts) => readRunQueues(sql, attempts),
    async wholeRun(runId) {
      const [ofRun, allJobs] = await Promise.all([runs.ofRun(runId), jobs.ofRun(runId)]);
      const whole = { runs: ofRun, jobs: allJobs.filter(({ isJob }) => isJob) };
      return whole.runs.length + whole.jobs.length === 0 ? null : whole;
    },
    lastRuns: openLastRuns(sql, parts.conditionsOf),
    workflowStates: () => readWorkflowStates(workflows),
    async listJobs(query) {
      const patterns = labelPatterns === undefined ? {} : { labelPatterns };
      return { ...(await listJobs({ ...query, ...patterns }, nowMs)), asOfMs, nowMs };
    },
    deployments: (window, filters) => readDeployments(sql, window, filters, parts),
    deploymentOutcomes: (window, filters) => readOutcomes(sql, window, filters, parts),
    deploymentsOfRun: async (runId) => states.deployments.ofRun(runId),
    repositoryLabels: () => readRepositoryLabels(sql, parts.repositoryLabels ?? []),
    branchClasses: async () => ({
      groups: (parts.branchGroups ?? []).map(({ name }) => name),
      stored: await storedBranchClasses(sql),
    }),
    explainJob: (jobId) => explainJob(jobId, states),
    explainRun: (runId) => explainRun(runId, states),
  };
}

async function beginOf(sql: SqlReader, table: 'finished_job_facts' | 'job_steps'): Promise<number | null> {
  const [row] = await sql.arrays<[number | null]>(`SELECT MIN(ended_at_ms) FROM ${table}`);
  return row?.[0] ?? null;
}

async function readSteps(
  sql: SqlReader,
  jobIds: readonly number[],
): Promise<ReadonlyMap<number, readonly HistoryStep[]>> {
  const rows = await sql.arrays<[number, string]>(
    `SELECT jobs.job_id, steps FROM ${sql.keys} AS asked JOIN jobs ON jobs.job_id = CAST(asked.value ->> 0 AS BIGINT)
      JOIN job_steps AS told ON told.job_id = jobs.job_id
        AND told.ended_at_ms = COALESCE(jobs.completed_at_ms, jobs.status_at_ms)`,
    { keys: JSON.stringify(jobIds.map((jobId) => [jobId])) },
  );
  return new Map(rows.map(([jobId, steps]) => [jobId, unpackSteps(steps)]));
}

/** From one to the next through the index: there are few of them, and very many runs. */
async function storedBranchClasses(sql: SqlReader): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const [row] = await sql.arrays<[string | null]>('SELECT MIN(branch) FROM runs WHERE branch > :last', {
      last: found.at(-1) ?? '',
    });
    const next = row?.[0] ?? null;
    if (next === null) return found;
    found.push(next);
  }
}
