import uPlot from 'uplot';
import { UNITS } from '../../format/unit.ts';
import type { Line, Series } from './time-series.tsx';

/* The canvas of a time series. Its words are in `time-series.tsx`. */

const DASHES: Readonly<Record<NonNullable<Line['style']>, number[] | undefined>> = {
  solid: undefined,
  strong: undefined,
  dotted: [2, 3],
  dashed: [6, 4],
};
/** The bars reach this part of the height, below the lines. */
const BARS_SHARE = 4;
const DAY = 86_400;
/** Dragging less is a click. */
const LEAST_DRAG_PX = 5;

export interface PlotEvents {
  /** The point under the mouse; null: none. */
  readonly onMove: (index: number | null) => void;
  readonly onPoint: (index: number) => void;
  readonly onRange: ((from: number, to: number) => void) | undefined;
}

/** Draws the series into the element. Destroy it, and make another, when anything has changed. */
export function plot(element: HTMLElement, series: Series, events: PlotEvents): uPlot {
  const data = [series.times, ...allOf(series).map(({ values }) => values)];
  return new uPlot(optionsOf(element, series, events), data as uPlot.AlignedData, element);
}

function allOf({ bars, lines }: Series) {
  return bars === undefined ? lines : [bars, ...lines];
}

function optionsOf(element: HTMLElement, series: Series, events: PlotEvents): uPlot.Options {
  const colours = colourReader(element);
  const axis = {
    stroke: colours('--text-3'),
    font: `11px ${getComputedStyle(element).fontFamily}`,
    grid: { stroke: colours('--line'), width: 1 },
    ticks: { show: false },
  };
  const { bars, lines, unit, height, max } = series;
  const { tick, steps } = UNITS[unit];
  return {
    width: Math.max(80, element.clientWidth),
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: events.onRange !== undefined, y: false, setScale: false },
      points: { size: 7 },
      ...(series.sync !== undefined && { sync: { key: series.sync } }),
    },
    scales: {
      x: { time: true },
      y: { range: (_, __, highest) => [0, niceMax(max ?? highest)] },
      bars: { range: (_, __, highest) => [0, Math.max(1, highest) * BARS_SHARE] },
    },
    axes: [
      { ...axis, size: 24, gap: 6, space: 64, grid: { show: false }, values: timeTicks },
      {
        ...axis,
        size: sizeOfTicks,
        gap: 6,
        space: 34,
        values: (_, splits) => splits.map(tick),
        ...(steps !== undefined && { incrs: [...steps] }),
      },
    ],
    series: [
      {},
      ...(bars === undefined ? [] : [barsOf(colours)]),
      ...lines.map((each) => lineOf(each, colours)),
    ],
    hooks: hooksOf(events),
  };
}

function barsOf(colours: (name: string) => string): uPlot.Series {
  const { bars } = uPlot.paths;
  return {
    scale: 'bars',
    fill: colours('--band'),
    stroke: colours('--band'),
    width: 0,
    points: { show: false },
    ...(bars !== undefined && { paths: bars({ size: [0.85, 40], gap: 1 }) }),
  };
}

function lineOf(
  { colour, style = 'solid', isFilled = false }: Line,
  colours: (name: string) => string,
): uPlot.Series {
  const dash = DASHES[style];
  return {
    scale: 'y',
    stroke: colours(colour),
    width: style === 'strong' ? 2 : 1.25,
    ...(dash !== undefined && { dash }),
    ...(isFilled && { fill: `color-mix(in srgb, ${colours(colour)} 18%, transparent)` }),
    points: { show: true, size: 4, filter: (u, at) => aloneOf(u.data[at] ?? []) },
  };
}

/** Points without a neighbour: a line does not show them. */
function aloneOf(values: ArrayLike<number | null | undefined>): number[] {
  const isThere = (index: number) => typeof values[index] === 'number';
  return Array.from({ length: values.length }, (_, index) => index).filter(
    (index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1),
  );
}

function hooksOf({ onMove, onPoint, onRange }: PlotEvents): uPlot.Hooks.Arrays {
  let dragged = false;
  return {
    setCursor: [({ cursor }) => onMove(cursor.idx ?? null)],
    setSelect: [
      (u) => {
        const { left, width } = u.select;
        dragged = width >= LEAST_DRAG_PX;
        if (dragged) onRange?.(Math.floor(u.posToVal(left, 'x')), Math.ceil(u.posToVal(left + width, 'x')));
      },
    ],
    ready: [
      (u) => {
        u.over.addEventListener('mousedown', () => {
          dragged = false;
        });
        u.over.addEventListener('click', () => {
          const { idx } = u.cursor;
          if (!dragged && idx !== null && idx !== undefined) onPoint(idx);
        });
      },
    ],
  };
}

/** Resolves the colour of a token for a canvas, which knows no variables. */
function colourReader(element: HTMLElement): (name: string) => string {
  return (name) => {
    const probe = element.appendChild(document.createElement('span'));
    probe.style.color = `var(${name})`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

/** A little room above the highest value. */
function niceMax(highest: number | null): number {
  return highest === null || highest <= 0 ? 1 : highest * 1.08;
}

function sizeOfTicks(_: uPlot, values: string[] | null): number {
  return 10 + Math.max(0, ...(values ?? []).map(({ length }) => length)) * 6.2;
}

const CLOCK = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DATE = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });

/** Times of the viewer's zone; a new day has its date. */
function timeTicks(_: uPlot, splits: number[], __: number, ___: number, increment: number): string[] {
  return splits.map((seconds, index) => {
    const date = new Date(seconds * 1000);
    const before = splits[index - 1];
    const isNewDay = before !== undefined && new Date(before * 1000).getDate() !== date.getDate();
    return increment >= DAY || isNewDay ? DATE.format(date) : CLOCK.format(date);
  });
}
