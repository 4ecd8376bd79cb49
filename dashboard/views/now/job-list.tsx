import type { Now, NowJob } from '../../../src/domain/openapi-types.ts';
import { useFurtherPages } from '../../answers/use-pages.ts';
import { Card } from '../../components/card.tsx';
import { Conclusion } from '../../components/conclusion.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { More } from '../../components/more.tsx';
import { Place } from '../../components/place.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Age } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { runHref } from './now-tiles.tsx';
import { chosenList, type List, listParameters } from './use-now.ts';

const COLUMNS: readonly [Column<NowJob>, ...Column<NowJob>[]] = [
  {
    ...{ id: 'job', title: 'Job' },
    cell: ({ name, repository, workflow, branch_name }) => (
      <Place name={name} within={[repository, workflow, ...(branch_name === null ? [] : [branch_name])]} />
    ),
  },
  { id: 'status', title: 'Status', cell: ({ status }) => <Conclusion value={status} /> },
  { id: 'since', title: 'For', isNumber: true, cell: ({ since }) => <Age since={since} /> },
  {
    ...{ id: 'runs_on', title: 'Runs on' },
    cell: ({ runs_on }) => (
      <a class="cut" href={linkTo({ filters: { runs_on: [runs_on] } })} title={`Show ${runs_on} only`}>
        {runs_on}
      </a>
    ),
  },
  {
    ...{ id: 'runner', title: 'Runner', isWideOnly: true },
    cell: ({ runner }) => (
      <span class="cut faint" title={runner ?? undefined}>
        {runner ?? ''}
      </span>
    ),
  },
  {
    ...{ id: 'github', title: 'GitHub' },
    cell: ({ url, name }) => (
      <a href={url} target="_blank" rel="noreferrer" aria-label={`Open ${name} at GitHub`}>
        Open
      </a>
    ),
  },
];

/** Single jobs, the longest wait first; which, is chosen by tabs. Each leads to its run. */
export function JobList({ now }: { readonly now: Now }) {
  const list = chosenList();
  const pages = useFurtherPages('now', listParameters(list), now);
  const jobs = unique(pages.all.flatMap((page) => page.jobs));
  const { totals } = now;
  const all = totals.queued + totals.waiting + totals.in_progress;
  const counts: Readonly<Record<List, number>> = { ...totals, '': all };
  const tab = (id: List, title: string) => ({ id, title: `${title} ${formatCount(counts[id])}` });
  const tabs = [
    tab('', 'All'),
    tab('queued', 'Queued'),
    tab('waiting', 'Approval'),
    tab('in_progress', 'Running'),
    ...(totals.stale > 0 || list === 'stale' ? [tab('stale', 'Stale')] : []),
  ];
  return (
    <Card title="Jobs, the longest wait first" isFlush>
      <div class="now-tabs">
        <Tabs label="Which jobs" tabs={tabs} />
      </div>
      {jobs.length === 0 ? (
        <p class="now-none faint">None at this moment.</p>
      ) : (
        <div class="now-jobs">
          <DataTable
            caption="Jobs that wait or run"
            columns={COLUMNS}
            rows={jobs}
            keyOf={({ job_id }) => job_id}
            hrefOf={runHref}
          />
          {jobs.length < counts[list] && (
            <More of={pages} note={`${formatCount(jobs.length)} of ${formatCount(counts[list])} jobs`} />
          )}
        </div>
      )}
    </Card>
  );
}

/** Each job once, as the first page has it: that is the latest. */
function unique(jobs: readonly NowJob[]): readonly NowJob[] {
  const known = new Set<number>();
  return jobs.filter(({ job_id }) => !known.has(job_id) && known.add(job_id));
}
