/** What the table shows of a response of `/api/v1/jobs`. */
export interface ShownJobs {
  /** Null for active jobs. */
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly jobs: readonly ShownJob[];
  readonly cursor: string | null;
}

interface ShownJob {
  readonly repository: string;
  readonly workflow: string;
  readonly name: string;
  readonly runs_on: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly completed_at: string | null;
  readonly waiting_seconds: number | null;
  readonly queue_seconds: number | null;
  readonly duration_seconds: number | null;
  readonly runner: string | null;
  readonly url: string;
}

type Column = readonly [title: string, textOf: (job: ShownJob) => string];

const WHERE: readonly Column[] = [
  ['RUNS ON', ({ runs_on }) => runs_on],
  ['RUNNER', ({ runner }) => runner ?? '-'],
  ['REPOSITORY', ({ repository }) => repository],
  ['WORKFLOW', ({ workflow }) => workflow],
  ['JOB', ({ name }) => name],
  ['URL', ({ url }) => url],
];
const OPEN: readonly Column[] = [
  ['AGE', ({ waiting_seconds: seconds }) => spanText(seconds)],
  ['STATUS', ({ status }) => status],
  ...WHERE,
];
const ENDED: readonly Column[] = [
  ['ENDED', ({ completed_at }) => completed_at?.replace(/\.\d+Z$/, 'Z') ?? '-'],
  ['CONCLUSION', ({ conclusion }) => conclusion ?? '-'],
  ['QUEUED', ({ queue_seconds: seconds }) => spanText(seconds)],
  ['RAN', ({ duration_seconds: seconds }) => spanText(seconds)],
  ...WHERE,
];
/** Except the URL, which must be complete. */
const WIDEST = 48;

/** The jobs for people, one line each. */
export function jobsTable({ window, jobs, cursor }: ShownJobs): string {
  const span = window === null ? '' : ` that ended from ${window.from} to ${window.to}`;
  if (jobs.length === 0) return `No such jobs${span}.\n`;
  const columns = window === null ? OPEN : ENDED;
  const rows = [
    columns.map(([title]) => title),
    ...jobs.map((job) => columns.map(([title, textOf]) => cellText(textOf(job), title === 'URL'))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const more = cursor === null ? [] : ['', `There are more: add --cursor ${cursor}`];
  return `${[...lines, ...more].join('\n')}\n`;
}

/** Whoever writes a workflow chooses names: nothing in them may move the cursor of a terminal. */
function cellText(text: string, isWhole: boolean): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
  return isWhole || plain.length <= WIDEST ? plain : `${plain.slice(0, WIDEST - 1).toWellFormed()}…`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** The two largest units of a duration: `3d 4h`, `12m 5s`, `0s`. */
function spanText(seconds: number | null): string {
  if (seconds === null) return '-';
  let left = Math.round(seconds);
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return [count, unit] as const;
  });
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}
