import type { Deployment } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table/data-table.tsx';
import { linkTo } from '../../state/navigation.ts';
import { DEPLOYMENT_COLUMNS } from '../deployments/deployment-columns.tsx';

/** What the attempt deployed, where its events were sent. */
export function Deployments({ deployments }: { readonly deployments: readonly Deployment[] }) {
  if (deployments.length === 0) return null;
  return (
    <Card title="Deployments" isFlush note="A row leads to the environment.">
      <DataTable
        caption="Deployments"
        columns={DEPLOYMENT_COLUMNS}
        rows={deployments}
        keyOf={({ deployment_id }) => deployment_id}
        hrefOf={({ repository, environment }) =>
          linkTo({ path: '/deployments', filters: { repository: [repository] }, own: { environment } })
        }
        sortParameter="deployments"
      />
    </Card>
  );
}
