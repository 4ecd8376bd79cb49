import uPlot from 'uplot';
import { UNITS } from '../../format/unit.ts';
import type { Line, Series } from './series.ts';

/* The canvas of a time series. Its words are in `time-series.tsx`. */

const DASHES: Readonly<Record<NonNullable<Line['style']>, number[] | undefined>> = {
  solid: undefined,
  strong: undefined,
  dotted: [2, 3],
  dashed: [6, 4],
  points: undefined,
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
  const { bars, lines, unit, height, max, axisWidth = 0 } = series;
  const { tick, steps } = UNITS[unit];
  return {
    width: Math.max(80, element.clientWidth),
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      // Its own rule takes a click for a drag as soon as the mouse has moved at all.
      drag: { x: events.onRange !== undefined, y: false, setScale: false, click: () => {} },
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
        size: (_, values) => Math.max(axisWidth, sizeOfTicks(values)),
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
    ...(style === 'points'
      ? { paths: () => null, points: { show: true, size: 5 } }
      : { points: { show: true, size: 4, filter: (u, at) => aloneOf(u.data[at] ?? []) } }),
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
  return {
    setCursor: [({ cursor }) => onMove(cursor.idx ?? null)],
    setSelect: [
      (u) => {
        const { left, width } = u.select;
        if (width < LEAST_DRAG_PX) return;
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        onRange?.(Math.floor(u.posToVal(left, 'x')), Math.ceil(u.posToVal(left + width, 'x')));
      },
    ],
    ready: [(u) => listenToClicks(u, onPoint)],
  };
}

/** A hand moves a little while it clicks. */
function listenToClicks(u: uPlot, onPoint: (index: number) => void): void {
  let downAt = 0;
  u.over.addEventListener('mousedown', ({ clientX }) => {
    downAt = clientX;
  });
  u.over.addEventListener('click', ({ clientX }) => {
    if (Math.abs(clientX - downAt) >= LEAST_DRAG_PX) return;
    onPoint(u.posToIdx(clientX - u.over.getBoundingClientRect().left));
  });
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

function sizeOfTicks(values: string[] | null): number {
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
