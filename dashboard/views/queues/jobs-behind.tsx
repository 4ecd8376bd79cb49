import { useEffect, useRef } from 'preact/hooks';
import type { Job, Window } from '../../../src/domain/openapi-types.ts';
import { addressParameters, questionUrl } from '../../answers/use-answer.ts';
import { usePages } from '../../answers/use-pages.ts';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { More } from '../../components/more.tsx';
import { Loaded } from '../../components/states.tsx';
import { Duration, Time } from '../../components/time.tsx';
import { go, linkTo } from '../../state/navigation.ts';
import { type Behind, CLOSE_BEHIND } from './behind.ts';

const LIMIT = 100;

interface JobsBehindProps {
  readonly behind: Behind;
  /** Of the answer that has the number. */
  readonly window: Window;
}

/** The jobs behind a number, over the view; Esc closes it. */
export function JobsBehind({ behind, window: { from, to, step } }: JobsBehindProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { title, filters, at } = behind;
  const parameters = { ...addressParameters('queueJobs'), ...filters, from, to, step, t: at };
  const pages = usePages('queueJobs', { ...parameters, limit: LIMIT }, { everySeconds: 0 });
  const file = questionUrl('queueJobs', { ...parameters, limit: 500, format: 'csv' });
  return (
    <dialog ref={dialog} class="drawer" aria-labelledby="behind-title" onClose={() => go(CLOSE_BEHIND)}>
      <header>
        <div>
          <h2 id="behind-title">{title}</h2>
          <p class="faint">Jobs that started then, the longest queue time first</p>
        </div>
        <a href={file} download>
          CSV
        </a>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <Loaded of={pages.first} isEmpty={({ jobs }) => jobs.length === 0}>
        {() => (
          <>
            <DataTable
              caption={title}
              columns={COLUMNS}
              rows={pages.all.flatMap(({ jobs }) => jobs)}
              keyOf={({ job_id }) => job_id}
              hrefOf={({ run_id, run_attempt }) =>
                linkTo({ path: `/runs/${run_id}`, own: { attempt: String(run_attempt) } })
              }
            />
            <More of={pages} />
          </>
        )}
      </Loaded>
    </dialog>
  );
}

const COLUMNS: readonly [Column<Job>, ...Column<Job>[]] = [
  { id: 'job', title: 'Job', cell: ({ name }) => name },
  {
    id: 'of',
    title: 'Workflow',
    cell: ({ repository, workflow }) => (
      <>
        {workflow}
        <div class="faint">{repository}</div>
      </>
    ),
  },
  { id: 'labels', title: 'Runs on', isWideOnly: true, cell: ({ runs_on }) => runs_on },
  {
    id: 'queue',
    title: 'Queue time',
    definition: 'queue_time',
    isNumber: true,
    cell: ({ queue_seconds }) => <Duration seconds={queue_seconds} />,
  },
  { id: 'started', title: 'Started', isNumber: true, cell: ({ started_at }) => <Time at={started_at} /> },
  {
    id: 'github',
    title: 'GitHub',
    cell: ({ url, name }) => (
      <a href={url} target="_blank" rel="noreferrer">
        Open ↗<span class="hidden-text"> {name} at GitHub</span>
      </a>
    ),
  },
];
