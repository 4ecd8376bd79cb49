import type { ComponentChildren } from 'preact';
import type { RunJob } from '../../../src/domain/openapi-types.ts';
import type { Span } from '../../../src/domain/step-span.ts';
import { Conclusion } from '../../components/conclusion.tsx';
import { Duration, Time } from '../../components/time.tsx';
import { reasonName } from '../failures/reasons.ts';
import { GroupBar, JobBar, StepBar } from './bar.tsx';
import { type Row, worstOf } from './rows.ts';
import { conclusionOf, type SlowestStep, secondsOf, segmentsOf } from './segments.ts';
import type { Rows } from './use-rows.ts';

interface RowProps {
  readonly row: Row;
  readonly rows: Rows;
  readonly shown: Span;
  readonly nowMs: number;
  readonly slowest: SlowestStep | null;
  readonly hasFocus: boolean;
}

export function WaterfallRow(props: RowProps) {
  const { row, rows, hasFocus } = props;
  const canOpen = row.kind === 'group' || row.kind === 'job';
  const turn = () => {
    rows.moveTo(row.id);
    if (canOpen) rows.turn(row);
  };
  return (
    <tr
      class={classOf(row)}
      aria-level={row.kind === 'group' ? 1 : row.level}
      aria-expanded={canOpen ? rows.isOpen(row) : undefined}
      tabIndex={hasFocus ? 0 : -1}
      onFocus={() => rows.moveTo(row.id)}
      onClick={(event) => (event.target instanceof HTMLAnchorElement ? undefined : turn())}
    >
      {row.kind === 'details' ? <Details job={row.job} /> : <Cells {...props} />}
    </tr>
  );
}

function classOf(row: Row): string {
  const isDim = row.kind !== 'group' && row.job.carried_over;
  return `${row.kind}-row level-${row.kind === 'group' ? 1 : row.level}${isDim ? ' carried' : ''}`;
}

function Cells({ row, rows, shown, nowMs, slowest }: RowProps) {
  if (row.kind === 'group')
    return (
      <>
        <Name sign={rows.isOpen(row)} value={worstOf(row.jobs)} text={row.name}>
          <span class="tag">{countOf(row.jobs)}</span>
          {!rows.isOpen(row) && row.jobs.includes(slowest?.job as RunJob) && <SlowestInside />}
        </Name>
        <td class="time">
          <GroupBar jobs={row.jobs} shown={shown} nowMs={nowMs} />
        </td>
        <Numbers
          queue={longest(row.jobs, (job) => job.queue_seconds ?? soFar(job, 'queued'))}
          run={longest(row.jobs, (job) => job.duration_seconds ?? soFar(job, 'in_progress'))}
        />
      </>
    );
  if (row.kind === 'step') {
    const { job, step } = row;
    const isSlowest = slowest?.job.job_id === job.job_id && slowest.step.number === step.number;
    return (
      <>
        <Name value={conclusionOf(job, step)} text={step.name}>
          {isSlowest && <span class="tag slowest">slowest step</span>}
        </Name>
        <td class="time">
          <StepBar job={job} step={step} shown={shown} nowMs={nowMs} />
        </td>
        <Numbers run={secondsOf(job, step)} />
      </>
    );
  }
  if (row.kind === 'details') return null;
  const { job } = row;
  return (
    <>
      <Name sign={rows.isOpen(row)} value={job.conclusion ?? job.status} text={job.name}>
        {job.critical && <span class="hidden-text">on the critical path (inferred)</span>}
        {whyOf(job).map((text) => (
          <span key={text} class="tag">
            {text}
          </span>
        ))}
        {job.stale && <span class="tag">stale</span>}
        {!rows.isOpen(row) && job === slowest?.job && <SlowestInside />}
      </Name>
      <td class="time">
        <JobTime job={job} shown={shown} nowMs={nowMs} />
      </td>
      <Numbers
        queue={job.queue_seconds ?? soFar(job, 'queued')}
        run={job.duration_seconds ?? soFar(job, 'in_progress')}
      />
    </>
  );
}

/** Why it failed: how it ended, and what its annotations say. */
export function whyOf({ cause, reason, exit_code: code }: RunJob): readonly string[] {
  const how = cause?.replaceAll('_', ' ');
  const said = reason === null || reason === 'unknown' ? undefined : reasonName(reason, code).toLowerCase();
  return [...new Set([how, said].filter((each) => each !== undefined))];
}

interface JobTimeProps {
  readonly job: RunJob;
  readonly shown: Span;
  readonly nowMs: number;
}

/** On a closed row: the slowest step of all is in it. */
function SlowestInside() {
  return <span class="tag slowest">has the slowest step</span>;
}

/** Its bar, or why there is none. */
function JobTime({ job, shown, nowMs }: JobTimeProps) {
  if (job.carried_over) return <span class="faint">did not run again in this attempt</span>;
  if (job.conclusion === 'skipped') return <span class="faint">skipped</span>;
  if (segmentsOf(job, nowMs).length === 0) return <span class="faint">no times are known</span>;
  return <JobBar job={job} shown={shown} nowMs={nowMs} />;
}

function Name({
  sign,
  value,
  text,
  children,
}: {
  /** Whether it is open; undefined: there is nothing to open. */
  readonly sign?: boolean;
  readonly value: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <th scope="row" class="name">
      <span class="name-line">
        <span class="turn" aria-hidden="true">
          {sign === undefined ? '' : sign ? '▾' : '▸'}
        </span>
        <Conclusion value={value} isShort />
        <span class="cut" title={text}>
          {text}
        </span>
        {children}
      </span>
    </th>
  );
}

/** Steps have no queue. */
function Numbers({ queue, run }: { readonly queue?: number | null; readonly run: number | null }) {
  return (
    <>
      <td class="number queue">{queue !== undefined && <Duration seconds={queue} />}</td>
      <td class="number">
        <Duration seconds={run} />
      </td>
    </>
  );
}

/** How long it has been in a status that goes on. */
function soFar(job: RunJob, status: 'queued' | 'in_progress'): number | null {
  return job.status === status ? job.waiting_seconds : null;
}

function countOf(jobs: readonly RunJob[]): string {
  const failed = jobs.filter(
    ({ conclusion }) => conclusion === 'failure' || conclusion === 'timed_out',
  ).length;
  return failed === 0 ? `${jobs.length} jobs` : `${failed} of ${jobs.length} failed`;
}

function longest(jobs: readonly RunJob[], lengthOf: (job: RunJob) => number | null): number | null {
  const known = jobs.map(lengthOf).filter((seconds) => seconds !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Where a job ran and when, and why there are no steps under it. */
function Details({ job }: { readonly job: RunJob }) {
  const { runs_on, runner, runner_group, created_at, released_at, started_at, completed_at, steps } = job;
  const times = [
    ['created', created_at],
    ['released', released_at],
    ['started', started_at],
    ['ended', completed_at],
  ] as const;
  return (
    <td colSpan={4}>
      <span class="job-details">
        <span>{runs_on}</span>
        {whyOf(job).map((text) => (
          <span key={text}>{text}</span>
        ))}
        {runner !== null && <span>runner {runner}</span>}
        {runner_group !== null && <span>group {runner_group}</span>}
        {times.map(
          ([word, at]) =>
            at !== null && (
              <span key={word}>
                {word} <Time at={at} />
              </span>
            ),
        )}
        <span class="links">
          <a href={job.url} target="_blank" rel="noreferrer">
            GitHub
          </a>
          <a href={`/api/v1/explain?job=${job.job_id}`} target="_blank" rel="noreferrer">
            Explain
          </a>
        </span>
        {steps === null && <span class="faint">{WHY_NO_STEPS[job.status] ?? FORGOTTEN}</span>}
      </span>
    </td>
  );
}

const NOT_YET = 'Its steps come when it has ended.';
const FORGOTTEN =
  'Its steps are not known: it had none, or they are no longer kept (storage.steps_retention).';
const WHY_NO_STEPS: Readonly<Record<string, string>> = {
  ...{ requested: NOT_YET, queued: NOT_YET, pending: NOT_YET, waiting: NOT_YET, in_progress: NOT_YET },
};
