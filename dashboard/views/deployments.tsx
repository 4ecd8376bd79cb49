import type { Deployment, EnvironmentRow } from '../../src/domain/openapi-types.ts';
import { partOf, uniqueRows } from '../answers/rows-of-pages.ts';
import { type Pages, usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { More } from '../components/more.tsx';
import { Empty, Loaded } from '../components/states.tsx';
import { address, linkTo } from '../state/navigation.ts';
import { DEPLOYMENT_COLUMNS, ENVIRONMENT_COLUMNS } from './deployments/deployment-columns.tsx';
import { runHref } from './workflows/links.ts';

const DEFAULT_SORT = '-deployments';

/** What was deployed in the window: by environment, and each deployment. */
export function View() {
  const { sort = DEFAULT_SORT, environment = null } = address.value.own;
  const pages = usePages('deploymentsSummary', { sort, environment }, { isExported: true });
  return (
    <Loaded of={pages.first}>
      {({ groups }) =>
        groups === 0 ? (
          <Empty title="Nothing was deployed">
            No deployment was reported in this window. GitHub reports them where the hook sends{' '}
            <i>Deployment statuses</i>.
          </Empty>
        ) : (
          <div class="stack">
            <Environments groups={groups} pages={pages} />
            <Latest environment={environment} />
          </div>
        )
      }
    </Loaded>
  );
}

function Environments({
  groups,
  pages,
}: {
  readonly groups: number;
  readonly pages: Pages<'deploymentsSummary'>;
}) {
  const rows = uniqueRows<EnvironmentRow>(pages, keyOf);
  return (
    <Card title="By environment" definition="deployments" isFlush note="A row leads to its deployments.">
      <DataTable
        caption="Deployments by environment"
        columns={ENVIRONMENT_COLUMNS}
        rows={rows}
        keyOf={keyOf}
        hrefOf={({ repository, environment }) =>
          linkTo({ filters: { repository: [repository] }, own: { environment } })
        }
        defaultSort={DEFAULT_SORT}
        isSortedByService
      />
      <More of={pages} note={partOf(rows.length, groups, 'environments')} />
    </Card>
  );
}

function keyOf({ repository, environment }: EnvironmentRow): string {
  return JSON.stringify([repository, environment]);
}

/** Single ones, of one environment if the address names it. */
function Latest({ environment }: { readonly environment: string | null }) {
  const pages = usePages('deployments', { environment });
  const title = environment === null ? 'Latest deployments' : `Latest deployments to ${environment}`;
  const rows = [
    ...new Map(
      pages.all.flatMap(({ deployments }) => deployments).map((each) => [each.deployment_id, each]),
    ).values(),
  ];
  return (
    <Loaded of={pages.first} isEmpty={({ deployments }) => deployments.length === 0}>
      {() => (
        <Card title={title} isFlush note="A row leads to the run that made it.">
          <DataTable
            caption={title}
            columns={DEPLOYMENT_COLUMNS}
            rows={rows}
            keyOf={({ deployment_id }) => deployment_id}
            hrefOf={leadsTo}
            sortParameter="latest"
          />
          <More of={pages} />
        </Card>
      )}
    </Loaded>
  );
}

/** Where no run is known, to the deployments of that environment. */
function leadsTo({ run_id, environment }: Deployment): string {
  return run_id === null ? linkTo({ own: { environment } }) : runHref(run_id);
}
