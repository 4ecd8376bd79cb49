import type { Deployment, EnvironmentRow } from '../../../src/domain/openapi-types.ts';
import { Conclusion } from '../../components/conclusion.tsx';
import type { Column } from '../../components/data-table/data-table.tsx';
import { Place } from '../../components/place.tsx';
import { Age, Duration, Time } from '../../components/time.tsx';
import { formatCount, formatPercent } from '../../format/number.ts';

/** The columns of the table of environments. The service sorts by their ids. */
export const ENVIRONMENT_COLUMNS: readonly [Column<EnvironmentRow>, ...Column<EnvironmentRow>[]] = [
  {
    ...{ id: 'environment', title: 'Environment' },
    cell: ({ environment, repository }) => <Place name={environment} within={[repository]} />,
  },
  {
    ...({ id: 'deployments', title: 'Deployments', isNumber: true } as const),
    sort: (row) => row.deployments,
    cell: (row) => formatCount(row.deployments),
  },
  {
    ...({ id: 'failed', title: 'Failed', isNumber: true } as const),
    sort: ({ failed }) => failed,
    cell: ({ failed }) => formatCount(failed),
  },
  {
    ...({ id: 'failed_share', title: 'Failure rate', isNumber: true } as const),
    sort: (row) => row.failed_share,
    cell: (row) => formatPercent(row.failed_share),
  },
  {
    ...({ id: 'p50', title: 'p50', definition: 'deployment_duration', isNumber: true } as const),
    sort: ({ p50 }) => p50,
    cell: ({ p50 }) => <Duration seconds={p50} />,
  },
  {
    ...({ id: 'p95', title: 'p95', isNumber: true } as const),
    sort: ({ p95 }) => p95,
    cell: ({ p95 }) => <Duration seconds={p95} />,
  },
  {
    ...({ id: 'from_run_p50', title: 'From the run, p50', definition: 'from_run', isNumber: true } as const),
    sort: (row) => row.from_run_p50,
    cell: (row) => <Duration seconds={row.from_run_p50} />,
  },
  {
    ...({ id: 'last_success_at', title: 'Last success', isNumber: true } as const),
    sort: (row) => row.last_success_at,
    cell: (row) =>
      row.last_success_at === null ? (
        '–'
      ) : (
        <span>
          <Age since={row.last_success_at} isShort /> ago
        </span>
      ),
  },
];

/** The columns of the list of deployments. */
export const DEPLOYMENT_COLUMNS: readonly [Column<Deployment>, ...Column<Deployment>[]] = [
  {
    ...{ id: 'environment', title: 'Environment' },
    cell: ({ environment_name, repository }) => <Place name={environment_name} within={[repository]} />,
  },
  {
    ...{ id: 'state', title: 'State' },
    cell: ({ state }) => <Conclusion value={state} />,
  },
  {
    ...{ id: 'ref', title: 'Ref', isWideOnly: true },
    cell: ({ ref, sha }) => (
      <span class="cut" title={sha ?? undefined}>
        {ref ?? sha?.slice(0, 7) ?? '–'}
      </span>
    ),
  },
  {
    ...{ id: 'created_at', title: 'Created', isNumber: true },
    cell: (row) => <Time at={row.created_at} />,
  },
  {
    ...({
      id: 'duration_seconds',
      title: 'Took',
      definition: 'deployment_duration',
      isNumber: true,
    } as const),
    cell: (row) => <Duration seconds={row.duration_seconds} />,
  },
  {
    ...{ id: 'github', title: 'GitHub' },
    cell: ({ run_url }) =>
      run_url === null ? (
        '–'
      ) : (
        <a href={run_url} target="_blank" rel="noreferrer">
          Open
        </a>
      ),
  },
];
