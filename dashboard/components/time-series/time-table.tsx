import { formatTime } from '../../format/time.ts';
import { AsTable } from '../as-table.tsx';

interface TimeTableProps {
  readonly title: string;
  /** Seconds since 1970: a row for each. */
  readonly times: readonly number[];
  readonly columns: readonly { readonly name: string; readonly textAt: (index: number) => string }[];
}

/** Values over time as a table. */
export function TimeTable({ title, times, columns }: TimeTableProps) {
  return (
    <AsTable title={title}>
      {() => (
        <>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {columns.map(({ name }) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((time, index) => (
              <tr key={time}>
                <th scope="row">{formatTime(time * 1000)}</th>
                {columns.map(({ name, textAt }) => (
                  <td key={name} class="number">
                    {textAt(index)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </>
      )}
    </AsTable>
  );
}
