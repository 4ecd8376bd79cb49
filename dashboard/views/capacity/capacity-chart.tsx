import { useState } from 'preact/hooks';
import type { Capacity, CapacityPoint } from '../../../src/domain/openapi-types.ts';
import { formatDuration, formatTick } from '../../format/duration.ts';
import { formatPercent } from '../../format/number.ts';
import { type Box, runnerScale, runnerTicks, waitScale, waitTicks } from './scales.ts';
import { useWidth } from './use-width.ts';

const HEIGHT = 320;
const BAND = 44;

interface CapacityChartProps {
  readonly answer: Capacity;
  /** The point that is described below the chart. */
  readonly chosen: CapacityPoint;
  readonly onChoose: (runners: number) => void;
}

/** p50 and p95 over the number of runners, with what was observed and the target; utilisation below. */
export function CapacityChart({ answer, chosen, onChoose }: CapacityChartProps) {
  const [element, width] = useWidth<HTMLDivElement>(900);
  const [under, setUnder] = useState<CapacityPoint | null>(null);
  const { points, observed, target_p95: target, needed } = answer;
  const last = Math.max(points.at(-1)?.runners ?? 1, observed.max_concurrency);
  const box: Box = { left: 58, right: width - 18, top: 22, bottom: HEIGHT - BAND - 46 };
  const longest = Math.max(...points.map(({ p95 }) => p95), observed.p95 ?? 0, target);
  const [x, y] = [runnerScale(last, box), waitScale(longest, box)];
  const shown = under ?? chosen;
  const nearest = (event: MouseEvent) => {
    const at = event.offsetX;
    const distance = ({ runners }: CapacityPoint) => Math.abs(x(runners) - at);
    return points.reduce((best, point) => (distance(point) < distance(best) ? point : best));
  };
  return (
    <figure class="chart capacity-chart">
      <div
        ref={element}
        class="chart-plot"
        role="slider"
        tabIndex={0}
        aria-label="Runners in the replay"
        aria-valuemin={1}
        aria-valuemax={last}
        aria-valuenow={chosen.runners}
        aria-valuetext={inWords(chosen)}
        onKeyDown={(event) => press(event, points, chosen, onChoose)}
        onMouseMove={(event) => setUnder(nearest(event))}
        onMouseLeave={() => setUnder(null)}
        onClick={(event) => onChoose(nearest(event).runners)}
      >
        <svg width={width} height={HEIGHT} aria-hidden="true">
          <Ground x={x} y={y} box={box} longest={longest} last={last} />
          <Utilisation points={points} x={x} />
          <path class="target" d={`M${box.left} ${y(target)}H${box.right}`} />
          <text class="target-text" x={box.left + 6} y={y(target) - 6}>
            target {formatTick(target)}
          </text>
          {needed !== null && (
            <text class="needed-text" x={x(needed)} y={12} text-anchor={anchorAt(x(needed), width)}>
              {needed} needed
            </text>
          )}
          {needed !== null && <path class="needed" d={`M${x(needed)} 18V${box.bottom}`} />}
          <path class="p50" d={pathOf(points, x, ({ p50 }) => y(p50))} />
          <path class="p95" d={pathOf(points, x, ({ p95 }) => y(p95))} />
          <Observed observed={observed} x={x} y={y} />
          <path class="shown" d={`M${x(shown.runners)} ${box.top}V${HEIGHT - 28}`} />
          <circle class="p50-dot" cx={x(shown.runners)} cy={y(shown.p50)} r={3.5} />
          <circle class="p95-dot" cx={x(shown.runners)} cy={y(shown.p95)} r={4} />
        </svg>
        {under !== null && <Tip point={under} left={x(under.runners)} width={width} />}
      </div>
    </figure>
  );
}

/** So that a word at an edge is not cut off. */
function anchorAt(x: number, width: number): 'start' | 'middle' | 'end' {
  return x < 100 ? 'start' : x > width - 60 ? 'end' : 'middle';
}

type Scale = (value: number) => number;

interface GroundProps {
  readonly x: Scale;
  readonly y: Scale;
  readonly box: Box;
  readonly longest: number;
  readonly last: number;
}

function Ground({ x, y, box, longest, last }: GroundProps) {
  return (
    <g class="ground">
      {waitTicks(longest, y).map((tick) => (
        <g key={tick}>
          <path d={`M${box.left} ${y(tick)}H${box.right}`} />
          <text x={box.left - 8} y={y(tick) + 4} text-anchor="end">
            {formatTick(tick)}
          </text>
        </g>
      ))}
      {runnerTicks(last, (box.right - box.left) / 44).map((tick) => (
        <text key={tick} x={x(tick)} y={HEIGHT - 12} text-anchor="middle">
          {tick}
        </text>
      ))}
    </g>
  );
}

/** How much of the runners' time is used: from none at the bottom of the band to all at its top. */
function Utilisation({ points, x }: { readonly points: readonly CapacityPoint[]; readonly x: Scale }) {
  const bottom = HEIGHT - 28;
  const heights = points.map(({ runners, utilisation }) => `${x(runners)} ${bottom - utilisation * BAND}`);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  return (
    <g class="utilisation">
      <path d={`M${x(first.runners)} ${bottom}L${heights.join('L')}L${x(last.runners)} ${bottom}Z`} />
      <text x={50} y={bottom - BAND + 10} text-anchor="end">
        100%
      </text>
      <text x={50} y={bottom} text-anchor="end">
        used
      </text>
    </g>
  );
}

interface ObservedProps {
  readonly observed: Capacity['observed'];
  readonly x: Scale;
  readonly y: Scale;
}

/** What really happened, at the most runners that were busy at once. */
function Observed({ observed: { p50, p95, max_concurrency: runners }, x, y }: ObservedProps) {
  if (p50 === null || p95 === null || runners === 0) return null;
  const [left, top] = [x(runners), y(p95)];
  return (
    <g class="observed">
      <path d={`M${left} ${top - 6}l6 6l-6 6l-6 -6Z`} />
      <path d={`M${left} ${y(p50) - 4}l4 4l-4 4l-4 -4Z`} />
    </g>
  );
}

function Tip({ point, left, width }: { point: CapacityPoint; left: number; width: number }) {
  const style = left > width / 2 ? { right: `${width - left + 12}px` } : { left: `${left + 12}px` };
  return (
    <div class="chart-tip" aria-hidden="true" style={style}>
      <strong>{runnersInWords(point.runners)}</strong>
      <dl>
        {[
          ['p50', formatDuration(point.p50)],
          ['p95', formatDuration(point.p95)],
          ['Longest', formatDuration(point.max)],
          ['Utilisation', formatPercent(point.utilisation)],
        ].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function runnersInWords(runners: number): string {
  return runners === 1 ? '1 runner' : `${runners} runners`;
}

function inWords({ runners, p50, p95, utilisation }: CapacityPoint): string {
  const waits = `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}`;
  return `${runnersInWords(runners)}: ${waits}, utilisation ${formatPercent(utilisation)}`;
}

function pathOf(points: readonly CapacityPoint[], x: Scale, y: (point: CapacityPoint) => number): string {
  return `M${points.map((point) => `${x(point.runners).toFixed(1)} ${y(point).toFixed(1)}`).join('L')}`;
}

function press(
  event: KeyboardEvent,
  points: readonly CapacityPoint[],
  chosen: CapacityPoint,
  onChoose: (runners: number) => void,
): void {
  const at = points.indexOf(chosen);
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - 10,
    PageUp: at + 10,
    Home: 0,
    End: points.length - 1,
  };
  const next = moves[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const point = points[Math.max(0, Math.min(points.length - 1, next))];
  if (point !== undefined) onChoose(point.runners);
}
