import type { Batch, FailedJobColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { type Step, stepStart } from '../domain/steps.ts';
import { type JobReason, NO_REASON, reasonsOf } from './failure-reasons.ts';
import { getOrCreate } from './get-or-create.ts';
import { type FoundJob, keepLatest, LINK_COLUMNS } from './job-link.ts';

/** Failures of one step of the jobs of one name for one cause and reason. Names are as in text columns. */
export interface FailureGroup extends JobReason {
  readonly repository: number;
  readonly workflow: number;
  readonly jobName: number;
  readonly step: number;
  readonly cause: number;
  /** The same for every reason: a reason is known later than the failure. */
  readonly key: string;
  count: number;
  readonly firstMs: number;
  /** From old to new. */
  readonly latest: FoundJob[];
}

export interface Failures {
  readonly total: number;
  readonly groups: ReadonlyMap<string, FailureGroup>;
  /** By cause and by the start of a step of time. */
  readonly series: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

export interface FailureQuestion {
  readonly window: Window;
  readonly filters: HistoryFilters;
  /** Any if there is none. */
  readonly causes: readonly string[];
  /** Any, and none, if there is none. */
  readonly reasons: readonly string[];
  /** Only those with this exit code. */
  readonly exitCode: number | undefined;
}

const NAMES = ['repository', 'workflow', 'jobName', 'step', 'cause'] as const;
const COLUMNS = [...NAMES, ...LINK_COLUMNS] as const;
type Named = Batch<FailedJobColumns, (typeof NAMES)[number]>;

/** The failures of a window. */
export async function failuresOf(
  reader: HistoryReader,
  question: FailureQuestion,
  step: Step,
): Promise<Failures> {
  const groups = new Map<string, FailureGroup>();
  const series = new Map<number, Map<number, number>>();
  const fits = await openFits(reader, question);
  let total = 0;
  for await (const batch of reader.failedJobs(question.window, question.filters, COLUMNS)) {
    for (const [row, reason] of fits(batch)) {
      total += 1;
      addFailure(groups, batch, row, reason);
      const points = getOrCreate(series, batch.cause[row] ?? 0, () => new Map<number, number>());
      const startMs = stepStart(batch.endedAtMs[row] ?? 0, step);
      points.set(startMs, (points.get(startMs) ?? 0) + 1);
    }
  }
  return { total, groups, series };
}

/** How many failures a window has, by `FailureGroup.key`. */
export async function failureCounts(
  reader: HistoryReader,
  question: FailureQuestion,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const fits = await openFits(reader, question);
  const columns = [...NAMES, 'jobId'] as const;
  for await (const batch of reader.failedJobs(question.window, question.filters, columns)) {
    for (const [row] of fits(batch)) {
      const key = keyAt(batch, row);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

function addFailure(
  groups: Map<string, FailureGroup>,
  batch: Batch<FailedJobColumns, (typeof COLUMNS)[number]>,
  row: number,
  reason: JobReason,
): void {
  const atMs = batch.endedAtMs[row] ?? 0;
  const key = keyAt(batch, row);
  const group = getOrCreate(groups, `${key} ${reason.reason} ${reason.exitCode}`, () => ({
    ...newGroup(batch, row, atMs),
    ...reason,
    key,
  }));
  group.count += 1;
  keepLatest(group.latest, batch, row);
}

/** Finds the rows of batches that fit, each with its reason. */
async function openFits(reader: HistoryReader, question: FailureQuestion) {
  const { window, filters, causes, reasons, exitCode } = question;
  const known = await reasonsOf(reader, window, filters);
  const [askedCauses, askedReasons] = [causes, reasons].map((words) => new Set(words.map(reader.wordId)));
  return function* fits({
    size,
    cause,
    jobId,
  }: Batch<FailedJobColumns, 'cause' | 'jobId'>): Generator<readonly [number, JobReason]> {
    for (let row = 0; row < size; row += 1) {
      if (causes.length > 0 && !askedCauses?.has(cause[row] ?? 0)) continue;
      const reason = known.get(jobId[row] ?? 0) ?? NO_REASON;
      if (reasons.length > 0 && !askedReasons?.has(reason.reason)) continue;
      if (exitCode === undefined || reason.exitCode === exitCode) yield [row, reason];
    }
  };
}

function keyAt(batch: Named, row: number): string {
  return NAMES.map((name) => batch[name][row]).join(' ');
}

function newGroup(batch: Named, row: number, firstMs: number) {
  const [repository = 0, workflow = 0, jobName = 0, step = 0, cause = 0] = NAMES.map(
    (name) => batch[name][row],
  );
  return { repository, workflow, jobName, step, cause, count: 0, firstMs, latest: [] as FoundJob[] };
}
