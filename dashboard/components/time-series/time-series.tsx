import { useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { UNITS } from '../../format/unit.ts';
import { ChartTable } from './chart-table.tsx';
import { Drawing, Marker } from './drawing.tsx';
import { Legend } from './legend.tsx';
import { useChosenTime, usePointing } from './pointing.ts';
import { scaleOf } from './scale.ts';
import type { Series } from './series.ts';
import { Tooltip } from './tooltip.tsx';

interface TimeSeriesProps extends Omit<Series, 'height'> {
  /** The accessible name. */
  readonly title: string;
  readonly height?: number;
  /** A range of time was dragged (seconds since 1970). */
  readonly onRange?: (from: number, to: number) => void;
  /** A point was clicked, or Enter pressed on it; the index of its time. */
  readonly onPoint?: (index: number) => void;
  /** Whether the legend is left out, where several charts have the same. */
  readonly hasLegend?: boolean;
}

const HEIGHT = 220;

/**
 * Lines over time, with an optional band of counts. Drag a range, click a point; arrow keys go through the
 * points and Enter chooses one. Everything is also in a table.
 */
export function TimeSeries(props: TimeSeriesProps) {
  const { title, height = HEIGHT, onPoint, onRange, hasLegend = true, ...rest } = props;
  const series = useSame<Series>({ ...rest, height });
  const { element, width } = useWidth();
  const scale = useMemo(() => (width === 0 ? null : scaleOf(series, width)), [series, width]);
  // The same as before while nothing but the chosen time changes: it is then not compared again.
  const drawing = useMemo(() => scale && <Drawing series={series} scale={scale} />, [series, scale]);
  const time = useChosenTime(series.sync);
  const [isActive, setActive] = useState(false);
  const show = (index: number | null) => {
    time.value = index === null ? null : (series.times[index] ?? null);
    setActive(index !== null);
  };
  const found = time.value === null ? -1 : series.times.indexOf(time.value);
  const at = found === -1 ? null : found;
  const { dragged, handlers } = usePointing(scale, { onMove: show, onPoint, onRange });
  const help = useId();
  return (
    <figure class="chart">
      <div
        ref={element}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-describedby={help}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, series.times.length - 1)}
        aria-valuenow={at ?? 0}
        aria-valuetext={at === null ? 'No point chosen' : inWords(series, at)}
        onKeyDown={(event) => press(event, { at, last: series.times.length - 1, show, onPoint })}
        onBlur={() => show(null)}
        class="chart-plot"
        style={{ height: `${height}px` }}
        {...handlers}
      >
        {scale !== null && (
          <svg width={width} height={height} aria-hidden="true">
            {drawing}
            <Marker {...{ series, scale, at, dragged }} />
          </svg>
        )}
        {scale !== null && isActive && at !== null && <Tooltip {...{ series, scale, at }} />}
      </div>
      <figcaption>
        {hasLegend && <Legend series={series} />}
        <span id={help} class="hidden-text">
          Arrow keys go through the points.{onPoint !== undefined && ' Enter opens one.'}
        </span>
        <ChartTable title={title} series={series} />
      </figcaption>
    </figure>
  );
}

/** The value of before while it is equal: what depends on it is then not made again. */
function useSame<T>(value: T): T {
  return useMemo(() => value, [JSON.stringify(value)]);
}

/** The width of an element in pixels, as it changes; 0: not known yet. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    const measure = () => setWidth(target.clientWidth);
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(target);
    return () => resized.disconnect();
  }, []);
  return { element, width };
}

interface Pressed {
  readonly at: number | null;
  readonly last: number;
  readonly show: (index: number | null) => void;
  readonly onPoint: ((index: number) => void) | undefined;
}

function press(event: KeyboardEvent, { at, last, show, onPoint }: Pressed): void {
  const moves: Readonly<Record<string, number | null>> = {
    ArrowLeft: at === null ? last : Math.max(0, at - 1),
    ArrowRight: at === null ? 0 : Math.min(last, at + 1),
    PageUp: Math.max(0, (at ?? last) - 10),
    PageDown: Math.min(last, (at ?? 0) + 10),
    Home: 0,
    End: last,
    Escape: null,
  };
  if (event.key === 'Enter' && at !== null) onPoint?.(at);
  const next = moves[event.key];
  if (next === undefined) return;
  event.preventDefault();
  show(next);
}

function inWords({ times, lines, bars, unit }: Series, index: number): string {
  const values = lines.map(({ name, values }) => {
    const value = values[index];
    return `${name} ${UNITS[unit].value(value)}`;
  });
  const count = bars === undefined ? [] : [`${bars.name} ${formatCount(bars.values[index])}`];
  return `${formatTime((times[index] ?? 0) * 1000)}: ${[...values, ...count].join(', ')}`;
}
