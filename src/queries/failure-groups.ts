import type { Batch, FailedJobColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { type Step, stepStart } from '../domain/steps.ts';
import { getOrCreate } from './get-or-create.ts';
import { type FoundJob, keepLatest, LINK_COLUMNS } from './job-link.ts';

/** Failures of one step of the jobs of one name for one cause. Names are as in text columns. */
export interface FailureGroup {
  readonly repository: number;
  readonly workflow: number;
  readonly jobName: number;
  readonly step: number;
  readonly cause: number;
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
}

const NAMES = ['repository', 'workflow', 'jobName', 'step', 'cause'] as const;
const COLUMNS = [...NAMES, ...LINK_COLUMNS] as const;
type Named = Batch<FailedJobColumns, (typeof NAMES)[number]>;

/** The failures of a window. */
export async function failuresOf(
  reader: HistoryReader,
  { window, filters, causes }: FailureQuestion,
  step: Step,
): Promise<Failures> {
  const groups = new Map<string, FailureGroup>();
  const series = new Map<number, Map<number, number>>();
  const asked = new Set(causes.map(reader.wordId));
  let total = 0;
  for await (const batch of reader.failedJobs(window, filters, COLUMNS)) {
    for (const row of rowsWith(asked, batch)) {
      total += 1;
      addFailure(groups, batch, row);
      const points = getOrCreate(series, batch.cause[row] ?? 0, () => new Map<number, number>());
      const startMs = stepStart(batch.endedAtMs[row] ?? 0, step);
      points.set(startMs, (points.get(startMs) ?? 0) + 1);
    }
  }
  return { total, groups, series };
}

/** How many failures a window has, by the key of their group. */
export async function failureCounts(
  reader: HistoryReader,
  { window, filters, causes }: FailureQuestion,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const asked = new Set(causes.map(reader.wordId));
  for await (const batch of reader.failedJobs(window, filters, NAMES)) {
    for (const row of rowsWith(asked, batch)) {
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
): void {
  const atMs = batch.endedAtMs[row] ?? 0;
  const group = getOrCreate(groups, keyAt(batch, row), () => newGroup(batch, row, atMs));
  group.count += 1;
  keepLatest(group.latest, batch, row);
}

function* rowsWith(
  asked: ReadonlySet<number>,
  { size, cause }: Batch<FailedJobColumns, 'cause'>,
): Generator<number> {
  for (let row = 0; row < size; row += 1) if (asked.size === 0 || asked.has(cause[row] ?? 0)) yield row;
}

function keyAt(batch: Named, row: number): string {
  return NAMES.map((name) => batch[name][row]).join(' ');
}

function newGroup(batch: Named, row: number, firstMs: number): FailureGroup {
  const [repository = 0, workflow = 0, jobName = 0, step = 0, cause = 0] = NAMES.map(
    (name) => batch[name][row],
  );
  return { repository, workflow, jobName, step, cause, count: 0, firstMs, latest: [] };
}
