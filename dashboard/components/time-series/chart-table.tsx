import { formatCount } from '../../format/number.ts';
import { UNITS } from '../../format/unit.ts';
import type { Series } from './series.ts';
import { TimeTable } from './time-table.tsx';

/** The values of a chart as a table. */
export function ChartTable({ title, series }: { readonly title: string; readonly series: Series }) {
  const { times, lines, bars, unit } = series;
  const columns = lines.map(({ name, values }) => ({
    name,
    textAt: (index: number) => UNITS[unit].value(values[index]),
  }));
  if (bars !== undefined)
    columns.push({ name: bars.name, textAt: (index) => formatCount(bars.values[index]) });
  return <TimeTable title={title} times={times} columns={columns} />;
}
