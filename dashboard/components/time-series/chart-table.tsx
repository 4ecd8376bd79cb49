import { useState } from 'preact/hooks';
import { formatCount } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { UNITS } from '../../format/unit.ts';
import type { Series } from './series.ts';

/** The values of a chart as a table, which is made when it is opened. */
export function ChartTable({ title, series }: { readonly title: string; readonly series: Series }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Show as table</summary>
      {isOpen && <Values title={title} series={series} />}
    </details>
  );
}

function Values({ title, series: { times, lines, bars, unit } }: { title: string; series: Series }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
    <section class="scroll" tabIndex={0} aria-label={`${title}, as a table`}>
      <table>
        <caption class="hidden-text">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
            {bars !== undefined && (
              <th scope="col" class="number">
                {bars.name}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {times.map((time, index) => (
            <tr key={time}>
              <th scope="row">{formatTime(time * 1000)}</th>
              {lines.map(({ name, values }) => {
                const value = values[index];
                return (
                  <td key={name} class="number">
                    {UNITS[unit].value(value)}
                  </td>
                );
              })}
              {bars !== undefined && <td class="number">{formatCount(bars.values[index])}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
