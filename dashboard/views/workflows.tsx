import type { WorkflowRow, Workflows } from '../../src/domain/openapi-types.ts';
import { partOf, uniqueRows } from '../answers/rows-of-pages.ts';
import { usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { GroupChoices } from '../components/group-choices.tsx';
import { More } from '../components/more.tsx';
import { Loaded } from '../components/states.tsx';
import { groupingOf, groupWord } from '../state/grouping.ts';
import { address } from '../state/navigation.ts';
import { workflowHref } from './workflows/links.ts';
import { workflowColumns } from './workflows/workflow-columns.tsx';
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

const BY: Readonly<Record<Workflows['by'], string>> = {
  workflow: 'Workflow',
  repository_label: 'Repository label',
};

function AllWorkflows() {
  const { by, parameters } = groupingOf(BY, 'workflow');
  const sort = address.value.own['sort'] ?? DEFAULT_SORT;
  const pages = usePages('workflows', { ...parameters, sort }, { isExported: true });
  const rows = uniqueRows(pages, keyOf);
  return (
    <Loaded of={pages.first} isEmpty={({ groups }) => groups === 0}>
      {(answer) => (
        <Card
          title={answer.by === 'workflow' ? 'Workflows' : `Workflows by ${groupWord(answer, BY)}`}
          isFlush
          note={NOTES[answer.by]}
          actions={
            answer.group_labels.length > 0 && (
              <GroupChoices words={BY} by={by} usual="workflow" labels={answer.group_labels} />
            )
          }
        >
          <div class="workflow-table">
            <DataTable
              caption="Workflows"
              columns={workflowColumns(answer.by, groupWord(answer, BY))}
              rows={rows}
              keyOf={keyOf}
              hrefOf={workflowHref}
              defaultSort={DEFAULT_SORT}
              isSortedByService
            />
          </div>
          <More
            of={pages}
            note={partOf(rows.length, answer.groups, by === 'workflow' ? 'workflows' : 'values')}
          />
        </Card>
      )}
    </Loaded>
  );
}

const NOTES: Readonly<Record<Workflows['by'], string>> = {
  workflow:
    'A row leads to the workflow, a number to the runs behind it. Changes are against the window before.',
  repository_label:
    'A row leads to its workflows, a number to the runs behind it. Changes are against the window before.',
};

function keyOf({ repository, workflow, repository_label }: WorkflowRow): string {
  return JSON.stringify([repository, workflow, repository_label]);
}
