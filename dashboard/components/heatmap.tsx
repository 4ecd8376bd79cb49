import { useId, useState } from 'preact/hooks';
import { AsTable } from './as-table.tsx';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const STEPS = 6;
const CELL = 24;
const ROOM = 18;
const LEFT = 36;
const TOP = 16;

interface HeatmapProps {
  readonly title: string;
  /** 168, from Monday 0:00. */
  readonly values: readonly number[];
  readonly format: (value: number) => string;
  /** Called with the index of a cell that was chosen. */
  readonly onChoose?: (index: number) => void;
}

/** Hours of the week: the darker, the more. Arrow keys move through the cells. */
export function Heatmap({ title, values, format, onChoose }: HeatmapProps) {
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const most = Math.max(...values, 0);
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -24,
    ArrowDown: 24,
  };
  const press = (event: KeyboardEvent) => {
    const move = moves[event.key];
    if (event.key === 'Enter' && at !== null) onChoose?.(at);
    if (move === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(values.length - 1, (at ?? 0) + (at === null ? 0 : move))));
  };
  const said = at === null ? `${title}: ${format(most)} at most` : sentence(at, values, format);
  return (
    <figure class="heatmap">
      <div
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={values.length - 1}
        aria-valuenow={at ?? 0}
        aria-valuetext={said}
        aria-describedby={id}
        onKeyDown={press}
        onBlur={() => setAt(null)}
      >
        <svg viewBox={`0 0 ${LEFT + 24 * CELL} ${TOP + 7 * ROOM}`} aria-hidden="true">
          {HOURS.filter((hour) => hour % 3 === 0).map((hour) => (
            <text key={hour} x={LEFT + hour * CELL} y={11}>{`${String(hour).padStart(2, '0')}:00`}</text>
          ))}
          {DAYS.map((day, row) => (
            <text key={day} x={0} y={TOP + row * ROOM + 12}>
              {day}
            </text>
          ))}
          {values.map((value, index) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: the mouse alone; keys go to the slider around it
            <rect
              key={index}
              class={`heat-${stepOf(value, most)}`}
              data-at={index === at ? '' : undefined}
              x={LEFT + (index % 24) * CELL}
              y={TOP + Math.floor(index / 24) * ROOM}
              width={CELL - 2}
              height={ROOM - 2}
              rx={3}
              onMouseEnter={() => setAt(index)}
              onMouseLeave={() => setAt(null)}
              onClick={() => onChoose?.(index)}
            />
          ))}
        </svg>
      </div>
      <figcaption id={id} class="faint">
        {said}
      </figcaption>
      <HourTable title={title} values={values} format={format} />
    </figure>
  );
}

function HourTable({ title, values, format }: HeatmapProps) {
  return (
    <AsTable title={title}>
      {() => (
        <>
          <thead>
            <tr>
              <th scope="col">Hour</th>
              {DAYS.map((day) => (
                <th key={day} scope="col" class="number">
                  {day}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {HOURS.map((hour) => (
              <tr key={hour}>
                <th scope="row">{`${String(hour).padStart(2, '0')}:00`}</th>
                {DAYS.map((day, row) => (
                  <td key={day} class="number">
                    {format(values[row * 24 + hour] ?? 0)}
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

function stepOf(value: number, most: number): number {
  return most === 0 || value === 0 ? 0 : Math.max(1, Math.ceil((value / most) * STEPS));
}

function sentence(index: number, values: readonly number[], format: (value: number) => string): string {
  const hour = String(index % 24).padStart(2, '0');
  return `${DAYS[Math.floor(index / 24)]} ${hour}:00: ${format(values[index] ?? 0)}`;
}
