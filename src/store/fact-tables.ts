import type { FactColumns, FactKind } from '../domain/queries.ts';

/** How a column of a fact lies in its table. */
export interface FactColumn {
  /** What to select. The table is called `fact`. */
  readonly sql: string;
  /** `word`: the table has the text itself. */
  readonly holds: 'number' | 'name' | 'word';
}

export interface FactTable<Columns> {
  readonly table: string;
  /** By which it is ordered. */
  readonly time: string;
  readonly columns: Readonly<Record<keyof Columns & string, FactColumn>>;
}

const JOB = {
  ...numbers('jobId', 'runId', 'runAttempt'),
  ...names('repository', 'workflow', 'jobName', 'runsOn', 'runnerGroup'),
};
const ENDED = numbers('endedAtMs');

/**
 * Since when a job waited for a runner that never took it, from its state: its creation, or its release from a
 * gate. Not known of one that may have been behind a gate, and unlike a skipped one it did wait.
 */
const QUEUED_AT = `CASE WHEN fact.duration_ms IS NULL AND fact.conclusion <> 'skipped' THEN (
  SELECT CASE WHEN has_started = 1 THEN NULL
    WHEN waited_at_ms IS NOT NULL THEN CASE WHEN queued_at_ms > waited_at_ms THEN released_at_ms END
    WHEN has_environment = 0 THEN created_at_ms END
  FROM jobs WHERE jobs.job_id = fact.job_id) END`;

/** The tables of the history, for reading. */
export const FACT_TABLES: { readonly [Kind in FactKind]: FactTable<FactColumns[Kind]> } = {
  startedJobs: {
    table: 'started_job_facts',
    time: 'started_at_ms',
    columns: { ...JOB, ...numbers('startedAtMs', 'queueMs') },
  },
  finishedJobs: {
    table: 'finished_job_facts',
    time: 'ended_at_ms',
    columns: {
      ...JOB,
      ...ENDED,
      ...numbers('durationMs', 'billedSeconds', 'microDollars', 'unpricedSeconds'),
      ...words('conclusion', 'sku', 'wasted'),
      queuedAtMs: { sql: QUEUED_AT, holds: 'number' },
    },
  },
  failedJobs: {
    table: 'failed_job_facts',
    time: 'ended_at_ms',
    columns: { ...JOB, ...ENDED, ...words('cause'), ...names('step') },
  },
  explainedJobs: {
    table: 'explained_job_facts',
    time: 'ended_at_ms',
    columns: { ...JOB, ...ENDED, ...words('reason'), ...numbers('exitCode') },
  },
  flakyJobs: {
    table: 'flaky_job_facts',
    time: 'ended_at_ms',
    columns: { ...JOB, ...ENDED, ...numbers('times') },
  },
  finishedRuns: {
    table: 'finished_run_facts',
    time: 'ended_at_ms',
    columns: {
      ...ENDED,
      ...numbers('runId', 'runAttempt', 'durationMs'),
      ...names('repository', 'workflow', 'event', 'branch'),
      ...words('conclusion'),
    },
  },
};

/** The column of the time by which facts are ordered. */
export function timeNameOf(kind: FactKind): string {
  const { time, columns } = FACT_TABLES[kind];
  const shapes: readonly (readonly [string, FactColumn])[] = Object.entries(columns);
  return shapes.find(([, { sql }]) => sql === `fact.${time}`)?.[0] ?? time;
}

/** What was selected of one fact. */
export type Row = readonly (string | number | null)[];

/** The values of one column: of names and words, their numbers. */
export function columnOf(
  rows: readonly Row[],
  at: number,
  { holds, wordId }: { readonly holds: FactColumn['holds']; readonly wordId: (word: string) => number },
): Float64Array | Int32Array {
  const column = holds === 'number' ? new Float64Array(rows.length) : new Int32Array(rows.length);
  const none = holds === 'number' ? Number.NaN : 0;
  for (const [index, row] of rows.entries()) {
    const value = row[at] ?? none;
    column[index] = typeof value === 'string' ? wordId(value) : value;
  }
  return column;
}

function numbers<Name extends string>(...fields: readonly Name[]) {
  return columnsOf(fields, 'number');
}

function names<Name extends string>(...fields: readonly Name[]) {
  return columnsOf(fields, 'name');
}

function words<Name extends string>(...fields: readonly Name[]) {
  return columnsOf(fields, 'word');
}

function columnsOf<Name extends string>(
  fields: readonly Name[],
  holds: FactColumn['holds'],
): Record<Name, FactColumn> {
  const columns = fields.map((field) => [field, { sql: `fact.${snakeCase(field)}`, holds }] as const);
  return Object.fromEntries(columns) as Record<Name, FactColumn>;
}

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
