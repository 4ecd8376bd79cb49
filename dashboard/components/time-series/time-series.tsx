import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { formatCount } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { UNITS } from '../../format/unit.ts';
import { watchLook } from '../../state/look.ts';
import { ChartTable } from './chart-table.tsx';
import { Legend } from './legend.tsx';
import { type PlotEvents, plot } from './plot.ts';
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
  const { title, height = HEIGHT, onPoint, hasLegend = true, ...rest } = props;
  const series: Series = { ...rest, height };
  const at = useSignal<number | null>(null);
  const { element, chart } = usePlot(series, {
    onMove: (index) => {
      at.value = index;
    },
    onPoint: (index) => onPoint?.(index),
    onRange: props.onRange,
  });
  const show = (index: number | null) => {
    at.value = index;
    const left = index === null ? -10 : (chart.current?.valToPos(series.times[index] ?? 0, 'x') ?? -10);
    chart.current?.setCursor({ left, top: 10 });
  };
  const help = useId();
  return (
    <figure class="chart">
      <div
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-describedby={help}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, series.times.length - 1)}
        aria-valuenow={at.value ?? 0}
        aria-valuetext={at.value === null ? 'No point chosen' : inWords(series, at.value)}
        onKeyDown={(event) => press(event, { at: at.value, last: series.times.length - 1, show, onPoint })}
        onBlur={() => show(null)}
        class="chart-plot"
      >
        <div ref={element} />
        <Tooltip at={at.value} series={series} chart={chart.current} />
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

/** Draws again when the series, the size or the theme changes. */
function usePlot(series: Series, events: PlotEvents) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(events);
  latest.current = events;
  const changes = JSON.stringify([series.times, series.lines, series.bars, series.height, series.max]);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const draw = () => {
      chart.current?.destroy();
      chart.current = plot(target, series, {
        onMove: (index) => latest.current.onMove(index),
        onPoint: (index) => latest.current.onPoint(index),
        onRange:
          latest.current.onRange === undefined ? undefined : (from, to) => latest.current.onRange?.(from, to),
      });
    };
    draw();
    const resized = new ResizeObserver(() =>
      chart.current?.setSize({ width: Math.max(80, target.clientWidth), height: series.height }),
    );
    resized.observe(target);
    const end = watchLook(draw);
    return () => {
      end();
      resized.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [changes]);
  return { element, chart };
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
