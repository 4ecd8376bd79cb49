import type { WorkflowRow, Workflows } from '../../src/domain/openapi-types.ts';
import { useViewAnswer } from '../answers/use-answer.ts';
import { useMore } from '../answers/use-more.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { MoreRows } from '../components/more-rows.tsx';
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
  const parameters = { sort: address.value.own['sort'] ?? DEFAULT_SORT };
  const asked = useViewAnswer('workflows', parameters, { isExported: true });
  return (
    <Loaded of={asked} isEmpty={({ groups }) => groups === 0}>
      {(answer) => <WorkflowTable answer={answer} parameters={parameters} />}
    </Loaded>
  );
}

interface WorkflowTableProps {
  readonly answer: Workflows;
  readonly parameters: { readonly sort: string };
}

function WorkflowTable({ answer, parameters }: WorkflowTableProps) {
  const more = useMore<WorkflowRow>('workflows', parameters, answer, keyOf);
  return (
    <Card
      title="Workflows"
      isFlush
      note="A row leads to the workflow, a number to the runs behind it. Changes are against the window before."
    >
      <div class="workflow-table">
        <DataTable
          caption="Workflows"
          columns={WORKFLOW_COLUMNS}
          rows={more.rows}
          keyOf={keyOf}
          hrefOf={workflowHref}
          defaultSort={DEFAULT_SORT}
          isSortedByService
        />
      </div>
      <MoreRows of={more} total={answer.groups} noun="workflows" />
    </Card>
  );
}

function keyOf({ repository, workflow }: WorkflowRow): string {
  return JSON.stringify([repository, workflow]);
}
