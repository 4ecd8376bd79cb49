import { formatCount } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { UNITS } from '../../format/unit.ts';
import { LineSample } from './legend.tsx';
import type { Scale } from './scale.ts';
import type { Series } from './series.ts';

interface TooltipProps {
  readonly at: number;
  readonly series: Series;
  readonly scale: Scale;
}

/** The values of the point under the mouse, or that the keys have reached. */
export function Tooltip({ at, series, scale }: TooltipProps) {
  const time = series.times[at] ?? 0;
  const left = scale.x(time);
  const isRight = left > scale.width / 2;
  return (
    <div
      class="chart-tip"
      aria-hidden="true"
      style={isRight ? { right: `${scale.width - left + 12}px` } : { left: `${left + 12}px` }}
    >
      <strong>{formatTime(time * 1000)}</strong>
      <dl>
        {series.lines.map((line) => {
          const value = line.values[at];
          return (
            <div key={line.name}>
              <dt>
                <LineSample line={line} />
                {line.name}
              </dt>
              <dd>{UNITS[series.unit].value(value)}</dd>
            </div>
          );
        })}
        {series.bars !== undefined && (
          <div>
            <dt>
              <span class="bar-sample" />
              {series.bars.name}
            </dt>
            <dd>{formatCount(series.bars.values[at])}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
