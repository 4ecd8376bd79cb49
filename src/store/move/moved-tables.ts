import { createHash } from 'node:crypto';

/** A table that both databases have, and how its rows are told apart. */
export interface MovedTable {
  readonly name: string;
  /** Unique, in the order in which rows are read. */
  readonly key: readonly string[];
  /** In the order of the columns of PostgreSQL, but for what PostgreSQL alone has. */
  readonly columns: readonly string[];
}

export type Value = string | number | Uint8Array | null;
/** The values of the columns. */
export type MovedRow = readonly Value[];

/**
 * By name, the keys. What is not here is made again, as packed hours are, or says nothing to another database, as
 * when its disk was last proven.
 */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  deliveries: ['id'],
  failed_deliveries: ['id'],
  seen_deliveries: ['key'],
  jobs: ['job_id'],
  runs: ['run_id', 'run_attempt'],
  deployments: ['deployment_id'],
  deployment_reviews: ['job_id'],
  workflows: ['key'],
  workflow_failures: ['key', 'run_id', 'run_attempt'],
  // Of a run in the order in which they came, which is that of all numbers in PostgreSQL.
  observations: ['run_id', 'number', 'job_id'],
  series: ['id'],
  cells: ['series_id', 'cell'],
  job_numbers: ['metric', 'labels'],
  outbox: ['first_seq'],
  sinks: ['name'],
  dead_samples: ['id'],
  trace_outbox: ['first_seq'],
  trace_sinks: ['name'],
  dead_traces: ['id'],
  marks: ['name'],
  notes: ['name'],
  repositories: ['name'],
  repository_properties: ['name'],
  names: ['id'],
  started_job_facts: ['started_at_ms', 'job_id'],
  finished_job_facts: ['ended_at_ms', 'job_id'],
  failed_job_facts: ['ended_at_ms', 'job_id'],
  explained_job_facts: ['ended_at_ms', 'job_id'],
  flaky_job_facts: ['ended_at_ms', 'job_id'],
  finished_run_facts: ['ended_at_ms', 'run_id', 'run_attempt', 'conclusion'],
  job_steps: ['ended_at_ms', 'job_id'],
};

const ROWS_AT_ONCE = 2000;
/** Rows of these may be large. */
const FEW: readonly string[] = ['deliveries', 'failed_deliveries', 'outbox', 'trace_outbox'];

/** How many rows of it are in memory at once. */
export function rowsAtOnce({ name }: MovedTable): number {
  return FEW.includes(name) ? ROWS_AT_ONCE / 20 : ROWS_AT_ONCE;
}

/** Columns that PostgreSQL alone has, or that are numbered anew there. */
export const NOT_COMPARED: readonly string[] = ['replica_id', 'number'];

/** What all rows of a table come to, in whatever order they are. */
export interface Sum {
  readonly rows: number;
  readonly digest: number;
}

const DIGESTS = 2 ** 40;
const DIGEST_BYTES = 5;

/** Sums rows up as they come. */
export class RowSum {
  readonly #isCompared: readonly boolean[];
  #rows = 0;
  #digest = 0;

  constructor(columns: readonly string[]) {
    this.#isCompared = columns.map((name) => !NOT_COMPARED.includes(name));
  }

  add(row: MovedRow): void {
    const text = JSON.stringify(row.filter((_, index) => this.#isCompared[index]).map(plain));
    const hash = createHash('sha1').update(text).digest();
    this.#rows += 1;
    this.#digest = (this.#digest + hash.readUIntBE(0, DIGEST_BYTES)) % DIGESTS;
  }

  get sum(): Sum {
    return { rows: this.#rows, digest: this.#digest };
  }
}

/** As JSON has it: bytes as PostgreSQL writes them, and numbers that JSON has not as words. */
export function plain(value: Value): string | number | null {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
