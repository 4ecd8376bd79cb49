import type { WorkflowRow } from '../../src/domain/openapi-types.ts';
import { partOf, uniqueRows } from '../answers/rows-of-pages.ts';
import { usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { More } from '../components/more.tsx';
import { Loaded } from '../components/states.tsx';
import { address } from '../state/navigation.ts';
import { workflowHref } from './workflows/links.ts';
import { WORKFLOW_COLUMNS } from './workflows/workflow-columns.tsx';
import { WorkflowDetail } from './workflows/workflow-detail.tsx';

const DEFAULT_SORT = '-total_seconds';

/** All workflows; the one alone that the filters name. */
export function View() {
  const { repository = [], workflow = [] } = address.value.filters;
  const [name] = repository;
  const [only] = workflow;
  const isOne = repository.length === 1 && workflow.length === 1;
  if (isOne && name !== undefined && only !== undefined && !name.endsWith('/*'))
    return <WorkflowDetail repository={name} workflow={only} />;
  return <AllWorkflows />;
}

function AllWorkflows() {
  const sort = address.value.own['sort'] ?? DEFAULT_SORT;
  const pages = usePages('workflows', { sort }, { isExported: true });
  const rows = uniqueRows(pages, keyOf);
  return (
    <Loaded of={pages.first} isEmpty={({ groups }) => groups === 0}>
      {({ groups }) => (
        <Card
          title="Workflows"
          isFlush
          note="A row leads to the workflow, a number to the runs behind it. Changes are against the window before."
        >
          <div class="workflow-table">
            <DataTable
              caption="Workflows"
              columns={WORKFLOW_COLUMNS}
              rows={rows}
              keyOf={keyOf}
              hrefOf={workflowHref}
              defaultSort={DEFAULT_SORT}
              isSortedByService
            />
          </div>
          <More of={pages} note={partOf(rows.length, groups, 'workflows')} />
        </Card>
      )}
    </Loaded>
  );
}

function keyOf({ repository, workflow }: WorkflowRow): string {
  return JSON.stringify([repository, workflow]);
}
