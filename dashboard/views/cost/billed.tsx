import type { BilledMonth, Billing } from '../../../src/domain/openapi-types.ts';
import { useAnswer } from '../../answers/use-answer.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table/data-table.tsx';
import { Age } from '../../components/time.tsx';
import { formatCount, formatMoney } from '../../format/number.ts';
import { skuName } from './group.ts';

type Owner = Billing['owners'][number];
type Compared = NonNullable<BilledMonth['compared']>;
type Row = Compared['rows'][number];

const COLUMNS: readonly [Column<Row>, ...Column<Row>[]] = [
  { id: 'sku', title: 'Kind of runner', cell: ({ sku }) => skuName(sku) },
  column('minutes', 'Billed minutes', formatCount),
  column('estimate_minutes', 'Our minutes', formatCount),
  column('gross_dollars', 'Billed, list price', formatMoney),
  column('estimate_dollars', 'Our estimate', formatMoney),
  column('difference_dollars', 'Difference', formatMoney),
  column('net_dollars', 'To pay', formatMoney),
];

function column(
  id: Exclude<keyof Row, 'sku'>,
  title: string,
  format: (value: number) => string,
): Column<Row> {
  return { id, title, isNumber: true, sort: (row) => row[id], cell: (row) => format(row[id]) };
}

/** What GitHub billed, where somebody asks for it: nothing is shown otherwise. */
export function Billed() {
  const { answer } = useAnswer('billing', {}, { everySeconds: 300 });
  if (answer === null || (answer.owners.length === 0 && answer.missing === null)) return null;
  return (
    <>
      {answer.missing !== null && <p class="faint">{answer.missing}</p>}
      {answer.owners.map((owner) => (
        <OwnerCard key={owner.owner} owner={owner} />
      ))}
    </>
  );
}

function OwnerCard({ owner: { owner, read_at, months } }: { readonly owner: Owner }) {
  const [current, previous] = months;
  const shown = current?.compared ?? previous?.compared ?? null;
  return (
    <Card
      title={`What GitHub billed ${owner}`}
      definition="billed"
      note="Of whole months in UTC, whatever the window and the filters."
      isFlush
    >
      <div class="billed">
        {months.map((month) => (
          <MonthLine key={month.month} month={month} isOver={month !== current} />
        ))}
        <p class="faint">
          The report was read <Age since={read_at} /> ago; it lags by about a day.
        </p>
      </div>
      {shown !== null && (
        <DataTable
          caption={`Billed to ${owner} and estimated, by kind of runner`}
          columns={COLUMNS}
          rows={shown.rows}
          keyOf={({ sku }) => sku}
          sortParameter="billed_sort"
        />
      )}
    </Card>
  );
}

function MonthLine({ month, isOver }: { readonly month: BilledMonth; readonly isOver: boolean }) {
  const { gross_dollars: gross, discount_dollars: discount, net_dollars: net, compared, rows } = month;
  if (rows.length === 0)
    return (
      <p>
        <strong>{month.month}</strong>: nothing {isOver ? 'was billed.' : 'is billed yet.'}
      </p>
    );
  return (
    <p>
      <strong>{month.month}</strong>: {formatMoney(gross)} at list price for all products, less{' '}
      {formatMoney(discount)} included or free: {formatMoney(net)} to pay.{' '}
      {compared === null ? (
        <span class="faint">No whole day of it can be compared{isOver ? '' : ' yet'}.</span>
      ) : (
        <span>
          Minutes of Actions {daysOf(compared)}: GitHub billed{' '}
          <strong>{formatMoney(compared.gross_dollars)}</strong> at list price, our estimate is{' '}
          <strong>{formatMoney(compared.estimate_dollars)}</strong>, the difference{' '}
          <strong>{formatMoney(compared.difference_dollars)}</strong>.
        </span>
      )}
    </p>
  );
}

/** The last day is the one before `to`. */
function daysOf({ from, to }: Compared): string {
  const last = new Date(Date.parse(to) - 1).toISOString().slice(0, 10);
  return `from ${from.slice(0, 10)} to ${last}`;
}
