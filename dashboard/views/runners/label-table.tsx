import type { Runners } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { linkTo } from '../../state/navigation.ts';
import { nameColumn, STATE_COLUMNS } from './state-columns.tsx';

type Label = Runners['labels'][number];

const COLUMNS: readonly [Column<Label>, ...Column<Label>[]] = [
  nameColumn('Label', ({ label }) => label),
  ...STATE_COLUMNS,
];

/** Self-hosted runners by label. Each leads to the jobs that wait for it. */
export function LabelTable({ labels }: { readonly labels: readonly Label[] }) {
  return (
    <Card title="By label" note="A runner is counted in each of its labels." isFlush>
      <DataTable
        caption="Self-hosted runners by label"
        columns={COLUMNS}
        rows={labels}
        keyOf={({ owner, label }) => `${owner} ${label}`}
        hrefOf={({ label }) => linkTo({ path: '/', filters: { label: [label] }, own: { tab: 'queued' } })}
        defaultSort="-saturation"
        sortParameter="label_sort"
      />
    </Card>
  );
}
