import { DASHES } from './legend.tsx';
import type { Scale } from './scale.ts';
import type { Line, Series } from './series.ts';

interface DrawingProps {
  readonly series: Series;
  readonly scale: Scale;
}

/** Axes, bars and lines. What moves with the mouse is in `Marker`. */
export function Drawing({ series, scale }: DrawingProps) {
  return (
    <>
      <Axes scale={scale} />
      {series.bars !== undefined && <Bars series={series} scale={scale} />}
      {series.lines.map((line) => (
        <DrawnLine key={line.name} line={line} times={series.times} scale={scale} />
      ))}
    </>
  );
}

function Axes({ scale: { left, right, bottom, timeTicks, valueTicks } }: { readonly scale: Scale }) {
  return (
    <>
      {valueTicks.map(({ at, text }) => (
        <g key={text}>
          <path class="chart-grid" d={`M${left} ${round(at)}H${right}`} />
          <text x={left - 7} y={at + 4} text-anchor="end">
            {text}
          </text>
        </g>
      ))}
      {timeTicks.map(({ at, text }) => (
        <text key={at} x={at} y={bottom + 17} text-anchor={at > right - 18 ? 'end' : 'middle'}>
          {text}
        </text>
      ))}
    </>
  );
}

/** One path for all: there may be thousands. */
function Bars({ series: { times, bars }, scale }: DrawingProps) {
  const { left, right, bottom, x, barY } = scale;
  const width = Math.max(1, Math.min(40, ((right - left) / Math.max(1, times.length)) * 0.85));
  const shapes = times.map((time, index) => {
    const count = bars?.values[index] ?? 0;
    const from = Math.max(left, x(time) - width / 2);
    const to = Math.min(right, x(time) + width / 2);
    return count > 0 ? `M${round(from)} ${bottom}V${round(barY(count))}H${round(to)}V${bottom}Z` : '';
  });
  return <path class="chart-bars" d={shapes.join('')} />;
}

interface DrawnLineProps {
  readonly line: Line;
  readonly times: readonly number[];
  readonly scale: Scale;
}

function DrawnLine({ line, times, scale: { x, y, bottom } }: DrawnLineProps) {
  const { values, colour, style = 'solid', isFilled = false } = line;
  const stroke = `var(${colour})`;
  const isThere = (index: number) => typeof values[index] === 'number';
  const points = times.map((time, index) => [round(x(time)), round(y(values[index] ?? 0))] as const);
  const pieces = style === 'points' ? [] : piecesOf(times.length, isThere);
  const alone =
    style === 'points'
      ? times.map((_, index) => index).filter(isThere)
      : pieces.filter(([from, to]) => from === to).map(([from]) => from);
  const path = (from: number, to: number) =>
    points
      .slice(from, to + 1)
      .map(([left, top]) => `${left} ${top}`)
      .join('L');
  return (
    <g style={{ stroke, fill: stroke }}>
      {isFilled && (
        <path
          class="chart-area"
          d={pieces
            .map(
              ([from, to]) =>
                `M${points[from]?.[0]} ${bottom}L${path(from, to)}L${points[to]?.[0]} ${bottom}Z`,
            )
            .join('')}
        />
      )}
      <path
        class="chart-line"
        stroke-width={style === 'strong' ? 2 : 1.25}
        stroke-dasharray={DASHES[style]}
        d={pieces.map(([from, to]) => `M${path(from, to)}`).join('')}
      />
      {alone.map((index) => (
        <circle
          key={index}
          cx={points[index]?.[0]}
          cy={points[index]?.[1]}
          r={style === 'points' ? 2.5 : 2}
        />
      ))}
    </g>
  );
}

/** From and to of each run of points without a gap. */
function piecesOf(length: number, isThere: (index: number) => boolean): [from: number, to: number][] {
  const pieces: [number, number][] = [];
  for (let index = 0; index < length; index += 1) {
    if (!isThere(index)) continue;
    const last = pieces.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else pieces.push([index, index]);
  }
  return pieces;
}

interface MarkerProps extends DrawingProps {
  readonly at: number | null;
  /** What is being dragged, in pixels; null: nothing. */
  readonly dragged: readonly [from: number, to: number] | null;
}

/** The chosen time, and the range that is being dragged. */
export function Marker({ series, scale, at, dragged }: MarkerProps) {
  const time = at === null ? undefined : series.times[at];
  const x = time === undefined ? null : round(scale.x(time));
  return (
    <>
      {dragged !== null && (
        <rect
          class="chart-dragged"
          x={Math.min(...dragged)}
          width={Math.abs(dragged[1] - dragged[0])}
          height={scale.bottom}
        />
      )}
      {x !== null && <path class="chart-cursor" d={`M${x} 0V${scale.bottom}`} />}
      {x !== null &&
        series.lines.map(({ name, values, colour }) => {
          const value = values[at ?? 0];
          if (value === null || value === undefined) return null;
          return (
            <circle key={name} cx={x} cy={round(scale.y(value))} r="3.5" style={{ fill: `var(${colour})` }} />
          );
        })}
    </>
  );
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
