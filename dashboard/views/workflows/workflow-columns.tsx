import type { WorkflowRow, Workflows } from '../../../src/domain/openapi-types.ts';
import { Conclusion } from '../../components/conclusion.tsx';
import type { Column } from '../../components/data-table/data-table.tsx';
import { Figure, Place } from '../../components/place.tsx';
import { Strip } from '../../components/strip.tsx';
import { Age } from '../../components/time.tsx';
import { formatCount, formatMoney } from '../../format/number.ts';
import { costHref, jobNamesHref, runHref, runsHref } from './links.ts';
import { durationColumns, passRateColumn, QUEUE_COLUMN, totalTimeColumn } from './shared-columns.tsx';

type Columns = readonly [Column<WorkflowRow>, ...Column<WorkflowRow>[]];

/** The columns of the table. The service sorts by their ids. `word`: what its groups are called. */
export function workflowColumns(by: Workflows['by'], word: string): Columns {
  const name: Column<WorkflowRow> = {
    ...{ id: 'repository', title: word },
    sort: ({ repository, repository_label: label }) => repository ?? label ?? '',
    cell: ({ repository = '', workflow = '', repository_label: label }) =>
      label === undefined ? <Place name={workflow} within={[repository]} /> : <span>{label}</span>,
  };
  return by === 'workflow' ? [name, STRIP, ...FIGURES] : [name, ...FIGURES];
}

const STRIP: Column<WorkflowRow> = {
  ...({ id: 'strip', title: 'Last 60 runs', definition: 'strip' } as const),
  cell: ({ strip }) => <Strip runs={strip} hrefOf={runHref} />,
};

const FIGURES: readonly Column<WorkflowRow>[] = [
  {
    ...({ id: 'runs', title: 'Runs', definition: 'runs', isNumber: true } as const),
    sort: ({ runs }) => runs,
    cell: (row) => (
      <Figure href={runsHref(row)} note={<Reruns {...row} />}>
        {formatCount(row.runs)}
      </Figure>
    ),
  },
  passRateColumn(runsHref),
  ...durationColumns(runsHref),
  QUEUE_COLUMN,
  totalTimeColumn(jobNamesHref),
  {
    ...({ id: 'cost_dollars', title: 'Cost', definition: 'cost', isNumber: true } as const),
    sort: (row) => row.cost_dollars,
    cell: (row) => <Figure href={costHref(row)}>{formatMoney(row.cost_dollars)}</Figure>,
  },
  {
    ...{ id: 'consecutive_failures', title: 'Last run', isNumber: true },
    definition: 'consecutive_failures',
    sort: (row) => row.consecutive_failures,
    cell: (row) => <LastRun row={row} />,
  },
];

function Reruns({ reruns }: Pick<WorkflowRow, 'reruns'>) {
  if (reruns === 0) return null;
  return (
    <span class="faint">
      {formatCount(reruns)} {reruns === 1 ? 're-run' : 're-runs'}
    </span>
  );
}

/** How and when the last run ended, and how many of the default branch failed since the latest success. */
function LastRun({ row: { last, consecutive_failures: inARow } }: { readonly row: WorkflowRow }) {
  return (
    <span class="figure">
      {last === null ? (
        <span class="faint">–</span>
      ) : (
        <a class="last-run" href={runHref(last.run_id)}>
          <Conclusion value={last.conclusion} isShort />
          <Age since={last.at} />
        </a>
      )}
      {inARow !== null && inARow > 0 && <span class="in-a-row">{formatCount(inARow)} ✕ on default</span>}
    </span>
  );
}
