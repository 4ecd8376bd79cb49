import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunJob } from '../../../src/domain/openapi-types.ts';
import { address } from '../../state/navigation.ts';
import { groupId, isGroupOpen, jobRowId, type Row, rowsOf, type Turned } from './rows.ts';
import { slowestStep } from './segments.ts';

export interface Rows {
  readonly rows: readonly Row[];
  readonly isOpen: (row: Row) => boolean;
  readonly turn: (row: Row) => void;
  /** The row that has the focus, or would get it. */
  readonly at: string;
  readonly moveTo: (id: string) => void;
}

/** Which rows there are, which are open, and where the keyboard is. The job of the address is open. */
export function useRows(jobs: readonly RunJob[]): Rows {
  const [turned, setTurned] = useState<Turned>(new Set());
  const [at, setAt] = useState('');
  const chosen = jobs.find(({ job_id }) => String(job_id) === address.value.own['job']);
  useEffect(() => {
    if (chosen !== undefined) setTurned((before) => withOpen(before, chosen, jobs));
    if (chosen !== undefined) setAt(targetIn(chosen));
  }, [chosen?.job_id]);
  const rows = useMemo(() => rowsOf(jobs, turned), [jobs, turned]);
  return {
    rows,
    isOpen: (row) => (row.kind === 'group' ? isGroupOpen(row.name, jobs, turned) : turned.has(row.id)),
    turn: ({ id }) => setTurned((before) => turnedAround(before, id)),
    at: rows.some(({ id }) => id === at) ? at : (rows[0]?.id ?? ''),
    moveTo: setAt,
  };
}

function turnedAround(turned: Turned, id: string): Turned {
  const next = new Set(turned);
  if (!next.delete(id)) next.add(id);
  return next;
}

function withOpen(turned: Turned, job: RunJob, jobs: readonly RunJob[]): Turned {
  const next = new Set(turned).add(jobRowId(job.job_id));
  const isFolded = jobs.filter((each) => each.job_name === job.job_name).length > 1;
  if (isFolded && !isGroupOpen(job.job_name, jobs, next)) return turnedAround(next, groupId(job.job_name));
  return next;
}

/** Its slowest step, or the job itself. */
function targetIn(job: RunJob): string {
  const slowest = slowestStep([job]);
  return slowest === null ? jobRowId(job.job_id) : `step ${job.job_id} ${slowest.step.number}`;
}
