import type { FinishedJob, HistoryRecords, JobPlace } from '../domain/history.ts';
import { NO_HISTORY } from '../domain/history.ts';
import { runBeganAtMs, runStaleAfterMs } from '../domain/lifecycle/stale.ts';
import { type DeploymentState, type RunState, runKey } from '../domain/lifecycle/state.ts';
import type {
  AttemptKey,
  Batch,
  HistoryFilters,
  HistoryReader,
  HistoryStep,
  OpenJob,
  ReadFacts,
  WholeRun,
  Window,
  WorkflowOfDefaultBranch,
} from '../domain/queries.ts';
import type { LabelledRepositories } from '../domain/repository-labels.ts';

/*
 * For tests: reads records from arrays, with the meaning of the database's reader but none of its SQL.
 */

export interface FakeHistory extends Partial<Omit<HistoryRecords, 'finishedJobs'>> {
  readonly nowMs: number;
  readonly finishedJobs?: readonly (FinishedJob & { readonly queuedAtMs?: number })[];
  /** Default: now. */
  readonly asOfMs?: number;
  readonly openJobs?: readonly OpenJob[];
  readonly runs?: readonly WholeRun[];
  /** The latest first. */
  readonly deployments?: readonly DeploymentState[];
  /** Default: labels are not set. */
  readonly repositoryLabels?: LabelledRepositories;
  /** The names of groups. */
  readonly branchGroups?: readonly string[];
  readonly workflowStates?: readonly WorkflowOfDefaultBranch[];
  /** Default: the first end of a job. */
  readonly beginsAtMs?: number | null;
}

/** Where batches end: one is empty, as it may be when nothing in it fits, one is small, and one can be large. */
const ENDS = [0, 3, Number.POSITIVE_INFINITY];

export function fakeReader(history: FakeHistory): HistoryReader {
  const records: HistoryRecords = { ...NO_HISTORY, ...history };
  const { nowMs, asOfMs = nowMs, openJobs = [], runs = [], deployments = [] } = history;
  const texts = fakeTexts();
  const states = runs.flatMap((whole) => whole.runs);
  const fits = (record: object, filters: HistoryFilters) => fitsFilters(record, filters, records);
  const read = <Columns>(list: readonly object[], time: string) =>
    readOf(list, { time, fits, idOf: texts.idOf }) as ReadFacts<Columns>;
  const unused = () => Promise.reject(new Error('The fake reader has none of it.'));
  return {
    nowMs,
    asOfMs,
    startedJobs: read(records.startedJobs, 'startedAtMs'),
    finishedJobs: read(records.finishedJobs, 'endedAtMs'),
    failedJobs: read(records.failedJobs, 'endedAtMs'),
    explainedJobs: read(records.explainedJobs, 'endedAtMs'),
    flakyJobs: read(records.flakyJobs, 'endedAtMs'),
    finishedRuns: read(records.finishedRuns, 'endedAtMs'),
    beginsAtMs: async () => history.beginsAtMs ?? firstEnd(records.finishedJobs),
    texts: async (ids) => texts.among(ids),
    wordId: texts.idOf,
    steps: async (jobIds) => stepsOf(jobIds, records),
    stepsBeginAtMs: async () => firstEnd(records.finishedJobs.filter(({ steps }) => steps.length > 0)),
    openJobs: async (filters) => openJobs.filter((job) => fits(job, { ...filters, conclusion: [] })),
    openRuns: async (filters) =>
      states
        .filter((run) => run.status !== 'completed' && fits(run, { ...filters, conclusion: [] }))
        .map((run) => ({ run, beganAtMs: runBeganAtMs(run), isStale: runStaleAfterMs(run) < nowMs })),
    runStates: async (attempts) => new Map(states.filter(isAmong(attempts)).map((run) => [runKey(run), run])),
    runCreations: async (attempts) => runCreationsOf(states.filter(isAmong(attempts))),
    runQueues: async (attempts) => runQueuesOf(states.filter(isAmong(attempts)), runs),
    wholeRun: async (id) =>
      runs.find((whole) => [...whole.runs, ...whole.jobs].some(({ runId }) => runId === id)) ?? null,
    lastRuns: async (repository, workflow, { beforeMs, filters, limit }) =>
      records.finishedRuns
        .filter((run) => texts.idOf(run.repository) === repository && texts.idOf(run.workflow) === workflow)
        .filter((run) => run.endedAtMs < beforeMs && fits(run, filters))
        .sort((a, b) => b.endedAtMs - a.endedAtMs || b.runId - a.runId || b.runAttempt - a.runAttempt)
        .slice(0, limit),
    workflowStates: async () => history.workflowStates ?? [],
    ...readingOf(deployments),
    listJobs: unused,
    ...namesOf(history, [...records.finishedRuns, ...states]),
    explainJob: unused,
    explainRun: unused,
  };
}

function namesOf(
  { repositoryLabels: repositories, branchGroups: groups = [] }: FakeHistory,
  runs: readonly { readonly branch: string }[],
): Pick<HistoryReader, 'repositoryLabels' | 'branchClasses'> {
  const [labels = []] = repositories?.values() ?? [];
  const names = labels.map(({ label }) => label);
  return {
    repositoryLabels: async () => (repositories === undefined ? null : { names, repositories }),
    branchClasses: async () => ({ groups, stored: [...new Set(runs.map(({ branch }) => branch))] }),
  };
}

function readingOf(
  all: readonly DeploymentState[],
): Pick<HistoryReader, 'deployments' | 'deploymentOutcomes' | 'deploymentsOfRun'> {
  return {
    deployments: deploymentsOf(all),
    deploymentOutcomes: async function* outcomes(window, filters) {
      for await (const found of deploymentsOf(all)(window, filters))
        yield found.map((each) => ({
          ...each,
          hasFailed: each.failureAtMs !== null || each.errorAtMs !== null,
        }));
    },
    deploymentsOfRun: async (id) => all.filter(({ runId }) => runId === id),
  };
}

function deploymentsOf(all: readonly DeploymentState[]): HistoryReader['deployments'] {
  const among = (asked: readonly string[], value: string) => asked.length === 0 || asked.includes(value);
  return async function* read({ fromMs, toMs }, filters) {
    yield all.filter(
      ({ createdAtMs, repository, environment, status }) =>
        (createdAtMs ?? 0) >= fromMs &&
        (createdAtMs ?? 0) < toMs &&
        fitsRepository(repository, filters.repository) &&
        among(filters.environment, environment) &&
        among(filters.state, status),
    );
  };
}

function firstEnd(jobs: readonly FinishedJob[]): number | null {
  return jobs.length === 0 ? null : Math.min(...jobs.map(({ endedAtMs }) => endedAtMs));
}

function isAmong(attempts: readonly AttemptKey[]): (run: RunState) => boolean {
  const keys = new Set(attempts.map(runKey));
  return (run) => keys.has(runKey(run));
}

function runCreationsOf(attempts: readonly RunState[]): ReadonlyMap<string, number> {
  const known = attempts.filter(({ createdAtMs }) => createdAtMs !== null);
  return new Map(known.map((run) => [runKey(run), run.createdAtMs ?? 0]));
}

function runQueuesOf(attempts: readonly RunState[], runs: readonly WholeRun[]): ReadonlyMap<string, number> {
  const jobs = runs.flatMap((whole) => whole.jobs);
  return new Map(
    attempts.flatMap((run) => {
      const startMs = run.runStartedAtMs ?? Number.NaN;
      const starts = jobs
        .filter(
          (job) => job.hasStarted && isSameAttempt(job, run) && (job.startedAtMs ?? 0) >= startMs - 5000,
        )
        .map(({ startedAtMs }) => startedAtMs ?? Number.NaN);
      const first = Math.min(...starts);
      const queueMs = run.queueMs ?? Math.max(0, first - startMs);
      return Number.isFinite(first) ? [[runKey(run), queueMs] as const] : [];
    }),
  );
}

function fakeTexts() {
  const names = [''];
  return {
    idOf(text: string): number {
      const at = names.indexOf(text, 1);
      return at > 0 ? at : names.push(text) - 1;
    },
    among: (ids: Iterable<number>) =>
      new Map([...new Set(ids)].flatMap((id) => (id > 0 ? [[id, names[id] ?? ''] as const] : []))),
  };
}

interface Reading {
  readonly time: string;
  readonly fits: (record: object, filters: HistoryFilters) => boolean;
  readonly idOf: (text: string) => number;
}

function readOf(list: readonly object[], { time, fits, idOf }: Reading) {
  const rows = list.map((record) => record as Readonly<Record<string, unknown>>);
  const timeOf = (row: Readonly<Record<string, unknown>>) => Number(row[time]);

  return async function* read({ fromMs, toMs }: Window, filters: HistoryFilters, names: readonly string[]) {
    const found = rows
      .filter((row) => timeOf(row) >= fromMs && timeOf(row) < toMs && fits(row, filters))
      .sort((a, b) => timeOf(a) - timeOf(b));
    for (const [index, end] of ENDS.entries()) {
      const batch = found.slice(ENDS[index - 1] ?? 0, end);
      const columns = names.map(
        (name) => [name, Float64Array.from(batch, (row) => cellOf(row[name], name))] as const,
      );
      yield { size: batch.length, ...Object.fromEntries(columns) } as Batch<Record<string, unknown>, string>;
      // As the database's: what was in a batch is gone with the next.
      for (const [, column] of columns) column.fill(Number.NaN);
    }
  };

  function cellOf(value: unknown, name: string): number {
    if (typeof value === 'string') return idOf(value);
    if (typeof value === 'number') return value;
    return ['sku', 'step', 'wasted'].includes(name) ? 0 : Number.NaN;
  }
}

/** What the record has no field for is that of its job's end or of its run. */
function fitsFilters(record: object, filters: HistoryFilters, records: HistoryRecords): boolean {
  const { conclusion, branch, event, ...ofJob } = filters;
  const own = record as Readonly<Partial<JobPlace> & Record<'conclusion' | 'branch' | 'event', string>>;
  const run = records.finishedRuns.find((each) => isSameAttempt(each, own));
  const end = own.jobId === undefined ? own : records.finishedJobs.find(({ jobId }) => jobId === own.jobId);
  const among = (asked: readonly string[], value: string | undefined) =>
    asked.length === 0 || asked.includes(value ?? '');
  const places: readonly Partial<JobPlace>[] =
    own.jobId === undefined ? records.finishedJobs.filter((job) => isSameAttempt(job, own)) : [own];
  return (
    among(conclusion, own.conclusion ?? end?.conclusion) &&
    among(branch, own.branch ?? run?.branch) &&
    among(event, own.event ?? run?.event) &&
    among(ofJob.workflow, own.workflow) &&
    fitsRepository(own.repository ?? '', ofJob.repository) &&
    ([ofJob.jobName, ofJob.runsOn, ofJob.label, ofJob.runnerGroup].every(({ length }) => length === 0) ||
      places.some(
        (place) =>
          among(ofJob.jobName, place.jobName) &&
          among(ofJob.runsOn, place.runsOn) &&
          among(ofJob.runnerGroup, place.runnerGroup) &&
          (ofJob.label.length === 0 ||
            (place.runsOn ?? '').split(',').some((label) => ofJob.label.includes(label))),
      ))
  );
}

type Attempt = Partial<Pick<JobPlace, 'runId' | 'runAttempt'>>;

function isSameAttempt(a: Attempt, b: Attempt): boolean {
  return a.runId === b.runId && a.runAttempt === b.runAttempt;
}

function fitsRepository(name: string, asked: readonly string[]): boolean {
  return (
    asked.length === 0 ||
    asked.some((text) => (text.endsWith('/*') ? name.startsWith(text.slice(0, -1)) : name === text))
  );
}

function stepsOf(
  jobIds: readonly number[],
  { finishedJobs }: HistoryRecords,
): ReadonlyMap<number, readonly HistoryStep[]> {
  const jobs = finishedJobs.filter(({ jobId, steps }) => jobIds.includes(jobId) && steps.length > 0);
  return new Map(jobs.map(({ jobId, steps }) => [jobId, steps.map(({ status: _, ...step }) => step)]));
}
