import type { Cost, CostRow } from '../../../src/domain/openapi-types.ts';
import { Change } from '../../components/change.tsx';
import { Conclusion } from '../../components/conclusion.tsx';
import type { Column } from '../../components/data-table/data-table.tsx';
import { Place } from '../../components/place.tsx';
import { Duration } from '../../components/time.tsx';
import { NOTHING } from '../../format/duration.ts';
import { formatCount, formatMoney, formatPercent } from '../../format/number.ts';
import { type By, skuName } from './group.ts';
import { Wasted } from './wasted.tsx';

type Columns = readonly [Column<CostRow>, ...Column<CostRow>[]];

/* The service sorts by the ids of these columns. */
export function columnsOf({ by, total }: Cost): Columns {
  return [
    { id: 'name', title: TITLES[by], cell: (row) => <Name by={by} row={row} /> },
    {
      id: 'dollars',
      title: 'Cost',
      definition: 'cost',
      isNumber: true,
      sort: ({ dollars }) => dollars,
      cell: ({ dollars }) => <Money dollars={dollars} of={total.dollars} />,
    },
    {
      id: 'change',
      title: 'Change',
      definition: 'change',
      isNumber: true,
      cell: ({ change }) => <Change of={change} unit="dollars" better="lower" />,
    },
    {
      id: 'wasted',
      title: 'Wasted',
      definition: 'wasted_cost',
      isNumber: true,
      cell: (row) => <Wasted row={row} />,
    },
    {
      id: 'billed_seconds',
      title: 'Billed time',
      definition: 'billed_time',
      isNumber: true,
      sort: (row) => row.billed_seconds,
      cell: (row) => <Duration seconds={row.billed_seconds} />,
    },
    ...(by === 'sku' ? [ROUNDING] : []),
    {
      id: 'total_seconds',
      title: 'Time on runners',
      isNumber: true,
      isWideOnly: true,
      sort: (row) => row.total_seconds,
      cell: (row) => <Duration seconds={row.total_seconds} />,
    },
    {
      id: 'unpriced_seconds',
      title: 'Unpriced',
      isNumber: true,
      isWideOnly: true,
      cell: (row) => <Duration seconds={row.unpriced_seconds === 0 ? null : row.unpriced_seconds} />,
    },
    {
      id: 'jobs',
      title: 'Jobs',
      isNumber: true,
      isWideOnly: true,
      sort: ({ jobs }) => jobs,
      cell: ({ jobs }) => formatCount(jobs),
    },
  ];
}

/** Of one kind of runner: all of its time has a price, or none. */
const ROUNDING: Column<CostRow> = {
  id: 'rounding',
  title: 'Rounded up',
  definition: 'rounding',
  isNumber: true,
  cell: ({ sku, billed_seconds: billed, total_seconds: total }) =>
    sku === null || total === 0 ? (
      NOTHING
    ) : (
      <span>
        <Duration seconds={Math.max(0, billed - total)} />{' '}
        <span class="faint">{formatPercent(Math.max(0, billed - total) / billed)}</span>
      </span>
    ),
};

const TITLES: Readonly<Record<By, string>> = {
  repository: 'Repository',
  repository_label: 'Repository label',
  workflow: 'Workflow',
  job_name: 'Job',
  conclusion: 'Conclusion',
  sku: 'Kind of runner',
};

function Name({ by, row }: { readonly by: By; readonly row: CostRow }) {
  if (by === 'sku') return <span>{skuName(row.sku)}</span>;
  if (by === 'conclusion') return <Conclusion value={row.conclusion ?? 'unknown'} />;
  if (by === 'repository_label') return <span>{row.repository_label}</span>;
  if (by === 'repository')
    return (
      <span class="cut" title={row.repository}>
        {row.repository}
      </span>
    );
  const { repository = '', workflow = '', job_name: jobName } = row;
  return jobName === undefined ? (
    <Place name={workflow} within={[repository]} />
  ) : (
    <Place name={jobName} within={[repository, workflow]} />
  );
}

/** With its part of the whole. */
function Money({ dollars, of }: { readonly dollars: number; readonly of: number }) {
  return (
    <span class="money">
      <span>
        {formatMoney(dollars)} <span class="faint">{of === 0 ? '' : formatPercent(dollars / of)}</span>
      </span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="wasted-none" width="100" height="4" />
        <rect class="money-part" width={of === 0 ? 0 : (dollars / of) * 100} height="4" />
      </svg>
    </span>
  );
}
