import type { Cost, CostRow } from '../../src/domain/openapi-types.ts';
import { usePages } from '../answers/use-pages.ts';
import { Card } from '../components/card.tsx';
import { DataTable } from '../components/data-table/data-table.tsx';
import { More } from '../components/more.tsx';
import { Loaded } from '../components/states.tsx';
import { formatCount } from '../format/number.ts';
import { address, linkTo } from '../state/navigation.ts';
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
  const { own } = address.value;
  const by = (Object.keys(BY) as By[]).find((each) => each === own['by']) ?? 'repository';
  const label = by === 'repository_label' ? { group_label: own['group_label'] ?? '' } : {};
  const parameters = { by, ...label, sort: own['sort'] ?? DEFAULT_SORT, limit: 100 };
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
            actions={<Choices by={by} labels={answer.group_labels} />}
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

/** As it stands in titles: a label of repositories by its own name. */
function nameOf({ by, group_labels: labels }: Cost): string {
  return (by === 'repository_label' ? chosenLabel(labels) : undefined) ?? BY[by].toLowerCase();
}

function chosenLabel(labels: readonly string[]): string | undefined {
  return address.value.own['group_label'] ?? labels[0];
}

/** Each label of repositories is a choice of its own. */
function Choices({ by, labels }: { readonly by: By; readonly labels: readonly string[] }) {
  const isShown = (each: By) => each !== 'repository_label';
  const chosen = by === 'repository_label' ? chosenLabel(labels) : null;
  return (
    <nav class="choices" aria-label="Group by">
      {(Object.keys(BY) as By[]).filter(isShown).map((each) => (
        <a
          key={each}
          href={linkTo({ own: { by: each === 'repository' ? null : each, group_label: null } })}
          aria-current={each === by ? 'true' : undefined}
        >
          {BY[each]}
        </a>
      ))}
      {labels.map((label) => (
        <a
          key={`label ${label}`}
          href={linkTo({ own: { by: 'repository_label', group_label: label } })}
          aria-current={label === chosen ? 'true' : undefined}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
