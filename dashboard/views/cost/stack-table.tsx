import { useState } from 'preact/hooks';
import { formatMoney } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { skuName } from './group.ts';
import type { Stack } from './stack.ts';

/** The values of the bars as a table, which is made when it is opened. */
export function StackTable({ title, stack: { times, layers } }: { title: string; stack: Stack }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Show as table</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
        <section class="scroll" tabIndex={0} aria-label={`${title}, as a table`}>
          <table>
            <caption class="hidden-text">{title}</caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {layers.map(({ name }) => (
                  <th key={name} scope="col" class="number">
                    {skuName(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((time, index) => (
                <tr key={time}>
                  <th scope="row">{formatTime(time * 1000)}</th>
                  {layers.map(({ name, values }) => (
                    <td key={name} class="number">
                      {formatMoney(values[index])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
