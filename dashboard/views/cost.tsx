import type { Cost, CostRow } from '../../src/domain/openapi-types.ts';
import { usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { GroupChoices } from '../components/group-choices.tsx';
import { More } from '../components/more.tsx';
import { Loaded } from '../components/states.tsx';
import { formatCount } from '../format/number.ts';
import { groupingOf, groupWord } from '../state/grouping.ts';
import { address } from '../state/navigation.ts';
import { Billed } from './cost/billed.tsx';
import { columnsOf } from './cost/cost-columns.tsx';
import { CostTiles } from './cost/cost-tiles.tsx';
import { type By, hrefOf, keyOf } from './cost/group.ts';
import { stackOf } from './cost/stack.ts';
import { StackedBars } from './cost/stacked-bars.tsx';
import { Unpriced } from './cost/unpriced.tsx';

const DEFAULT_SORT = '-dollars';
const BY: Readonly<Record<By, string>> = {
  repository: 'Repository',
  workflow: 'Workflow',
  job_name: 'Job',
  conclusion: 'Conclusion',
  sku: 'Kind of runner',
  repository_label: 'Repository label',
};

/** What the jobs that ended in the window cost: an estimate. */
export function View() {
  return (
    <div class="stack">
      <Estimated />
      <Billed />
    </div>
  );
}

function Estimated() {
  const { by, parameters: grouping } = groupingOf(BY, 'repository');
  const parameters = { ...grouping, sort: address.value.own['sort'] ?? DEFAULT_SORT, limit: 100 };
  const pages = usePages('cost', parameters, { isExported: true });
  return (
    <Loaded of={pages.first} isEmpty={({ total }) => total.jobs === 0}>
      {(answer) => (
        <div class="stack">
          <p class="estimate">
            <strong>Estimate at list price.</strong> Each job is rounded up to a minute, as GitHub does.
            Included minutes and discounts are not known, so GitHub's bill may be lower.
          </p>
          <CostTiles answer={answer} />
          <Unpriced answer={answer} />
          <Card
            title="Cost by kind of runner"
            definition="cost"
            note="Drag to choose a window. A bar is one step of time."
          >
            <StackedBars title="Cost by kind of runner" stack={stackOf(answer)} />
          </Card>
          <Card
            title={`By ${nameOf(answer)}`}
            note={`${formatCount(answer.groups)} in all. A row leads to what it is made of.`}
            isFlush
            actions={<GroupChoices words={BY} by={by} usual="repository" labels={answer.group_labels} />}
          >
            <Rows answer={answer} rows={pages.all.flatMap(({ rows }) => rows)} />
            <More of={pages} />
          </Card>
        </div>
      )}
    </Loaded>
  );
}

function Rows({ answer, rows }: { readonly answer: Cost; readonly rows: readonly CostRow[] }) {
  return (
    <DataTable
      caption={`Cost by ${nameOf(answer)}`}
      columns={columnsOf(answer)}
      rows={Array.from(new Map(rows.map((row) => [keyOf(row), row])).values())}
      keyOf={keyOf}
      hrefOf={hrefOf}
      defaultSort={DEFAULT_SORT}
      isSortedByService
    />
  );
}

/** As it stands in titles. */
function nameOf(answer: Cost): string {
  return answer.by === 'repository_label' ? groupWord(answer, BY) : BY[answer.by].toLowerCase();
}
