import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { DefinitionId } from '../../../src/domain/definitions.ts';
import { address, linkTo, open } from '../../state/navigation.ts';
import { ROW_LINK } from '../../state/rows.ts';
import { Definition } from '../definition.tsx';
import { useShownRows } from './shown-rows.ts';
import { parseSort, printSort, type Sort, sorted, turned } from './sort.ts';

export interface Column<Row> {
  /** Also its name in the address when the table is sorted by it. */
  readonly id: string;
  readonly title: string;
  readonly definition?: DefinitionId;
  /** Numbers are aligned at the right. */
  readonly isNumber?: boolean;
  /** What to sort by; null comes last. Without it, the table can't be sorted by this column. */
  readonly sort?: (row: Row) => number | string | null;
  readonly cell: (row: Row) => ComponentChildren;
  /** Left out where the screen is narrow. */
  readonly isWideOnly?: boolean;
}

interface DataTableProps<Row> {
  /** The accessible name. */
  readonly caption: string;
  /** The first is the title of each row: words alone, no link or button. */
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** Where a row leads. */
  readonly hrefOf?: (row: Row) => string;
  /** Such as `-p95`: at first. */
  readonly defaultSort?: string;
  /** The parameter of the address that keeps the order; two tables of a view need two. */
  readonly sortParameter?: string;
  /** Whether rows are in order already, because the service sorts by the same parameter. */
  readonly isSortedByService?: boolean;
}

/**
 * A table: sorted by its headers, with links as rows (`j`, `k`, Enter). Of many rows only those that can be
 * seen are made. On a narrow screen each row is a card.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, keyOf, hrefOf, defaultSort = '', sortParameter = 'sort' } = props;
  const sort = parseSort(address.value.own[sortParameter] ?? defaultSort);
  const by = columns.find(({ id }) => id === sort.id)?.sort;
  const inOrder = props.isSortedByService === true || by === undefined ? rows : sorted(rows, by, sort);
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end, before, after } = useShownRows(body, rows.length);
  const sortHref = (next: Sort) =>
    linkTo({ own: { [sortParameter]: printSort(next) === defaultSort ? null : printSort(next) } });
  return (
    <div class="table">
      <SortMenu columns={columns} sort={sort} hrefOf={sortHref} />
      <table aria-rowcount={rows.length + 1}>
        <caption class="hidden-text">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Header key={column.id} column={column} sort={sort} hrefOf={sortHref} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Spacer height={before} columns={columns.length} />
          {inOrder.slice(first, end).map((row, index) => (
            <Cells key={keyOf(row)} row={row} index={first + index} columns={columns} href={hrefOf?.(row)} />
          ))}
          <Spacer height={after} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

interface HeaderProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort;
  readonly hrefOf: (sort: Sort) => string;
}

function Header<Row>({ column, sort, hrefOf }: HeaderProps<Row>) {
  const { id, title, definition, isNumber = false } = column;
  const isSorted = sort.id === id;
  const order = isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined;
  return (
    <th scope="col" class={classOf(column)} aria-sort={order}>
      <span class="header">
        {column.sort === undefined ? (
          title
        ) : (
          <button type="button" class="sort" onClick={() => open(hrefOf(turned(sort, id, isNumber)))}>
            {title}
            <span class="sort-sign" aria-hidden="true">
              {isSorted ? (sort.isDescending ? '↓' : '↑') : ''}
            </span>
          </button>
        )}
        {definition !== undefined && <Definition id={definition} />}
      </span>
    </th>
  );
}

interface CellsProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly href: string | undefined;
}

function Cells<Row>({ row, index, columns, href }: CellsProps<Row>) {
  return (
    <tr class={href === undefined ? undefined : 'leads'} aria-rowindex={index + 2}>
      {columns.map((column, at) =>
        at === 0 ? (
          <th key={column.id} scope="row" class={classOf(column)}>
            {href === undefined ? (
              column.cell(row)
            ) : (
              <a class="row-link" href={href} {...{ [ROW_LINK]: '' }}>
                {column.cell(row)}
              </a>
            )}
          </th>
        ) : (
          <td key={column.id} class={classOf(column)} data-title={column.title}>
            {column.cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}

function classOf<Row>({ isNumber = false, isWideOnly = false }: Column<Row>): string | undefined {
  return [isNumber && 'number', isWideOnly && 'wide-only'].filter(Boolean).join(' ') || undefined;
}

/** In place of rows that can't be seen. */
function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height === 0) return null;
  return (
    <tr class="spacer">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}

interface SortMenuProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sort: Sort;
  readonly hrefOf: (sort: Sort) => string;
}

/** In place of the headers, which cards don't have. */
function SortMenu<Row>({ columns, sort, hrefOf }: SortMenuProps<Row>) {
  const sortable = columns.filter((column) => column.sort !== undefined);
  if (sortable.length === 0) return null;
  return (
    <p class="sort-menu">
      Sort by{' '}
      {sortable.map(({ id, title, isNumber = false }) => (
        <a
          key={id}
          href={hrefOf(turned(sort, id, isNumber))}
          aria-current={sort.id === id ? 'true' : undefined}
        >
          {title}
          {sort.id === id && (sort.isDescending ? ' ↓' : ' ↑')}
        </a>
      ))}
    </p>
  );
}
