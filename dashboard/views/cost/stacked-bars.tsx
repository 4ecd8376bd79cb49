import { useId, useRef, useState } from 'preact/hooks';
import { TimeTable } from '../../components/time-series/time-table.tsx';
import { formatMoney } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { go } from '../../state/navigation.ts';
import { skuName } from './group.ts';
import type { Layer, Stack } from './stack.ts';

const HEIGHT = 180;

interface StackedBarsProps {
  readonly title: string;
  readonly stack: Stack;
}

/** Money over time. Arrow keys say the bars; Enter or a drag chooses a window. */
export function StackedBars({ title, stack }: StackedBarsProps) {
  const { times, layers, most } = stack;
  const [at, setAt] = useState<number | null>(null);
  const [from, setFrom] = useState<number | null>(null);
  const plot = useRef<HTMLDivElement>(null);
  const id = useId();
  const indexAt = (event: PointerEvent) => {
    const box = plot.current?.getBoundingClientRect();
    if (box === undefined) return 0;
    const part = (event.clientX - box.left) / box.width;
    return Math.max(0, Math.min(times.length - 1, Math.floor(part * times.length)));
  };
  const said = at === null ? `${title}: the highest bar is ${formatMoney(most)}` : sentence(stack, at);
  return (
    <figure class="stacked">
      <div class="stacked-plot">
        <span class="stacked-most faint" aria-hidden="true">
          {formatMoney(most)}
        </span>
        <div
          ref={plot}
          role="slider"
          tabIndex={0}
          aria-label={title}
          aria-describedby={id}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, times.length - 1)}
          aria-valuenow={at ?? 0}
          aria-valuetext={said}
          onKeyDown={(event) => press(event, at, setAt, times)}
          onBlur={() => setAt(null)}
          onPointerDown={(event) => setFrom(indexAt(event))}
          onPointerMove={(event) => setAt(indexAt(event))}
          onPointerLeave={() => [setAt(null), setFrom(null)]}
          onPointerUp={(event) => {
            if (from !== null && from !== indexAt(event)) choose(times, from, indexAt(event));
            setFrom(null);
          }}
        >
          <Bars stack={stack} at={at} from={from} />
        </div>
        <div class="stacked-times faint" aria-hidden="true">
          {[0, 0.25, 0.5, 0.75].map((part) => (
            <span key={part}>{formatTime((times[Math.floor(part * times.length)] ?? 0) * 1000)}</span>
          ))}
        </div>
      </div>
      <figcaption>
        <p id={id} class="stacked-said faint" aria-live="off">
          {said}
        </p>
        <Legend layers={layers} at={at} />
        <TimeTable title={title} times={times} columns={layers.map(columnOf)} />
      </figcaption>
    </figure>
  );
}

function columnOf({ name, values }: Layer) {
  return { name: skuName(name), textAt: (index: number) => formatMoney(values[index]) };
}

function Bars({ stack, at, from }: { stack: Stack; at: number | null; from: number | null }) {
  const { times, layers, most } = stack;
  const first = at === null ? null : Math.min(at, from ?? at);
  const width = at === null ? 0 : Math.abs(at - (from ?? at)) + 1;
  return (
    <svg viewBox={`0 0 ${times.length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {first !== null && <rect class="stacked-at" x={first} width={width} height={HEIGHT} />}
      {times.map((time, index) => {
        let top = HEIGHT;
        return layers.map(({ name, colour, values }) => {
          const height = most === 0 ? 0 : ((values[index] ?? 0) / most) * (HEIGHT - 4);
          top -= height;
          if (height === 0) return null;
          return (
            <rect
              key={`${time} ${name}`}
              class={`layer-${colour}`}
              x={index + 0.08}
              y={top}
              width={0.84}
              height={height}
            />
          );
        });
      })}
    </svg>
  );
}

function Legend({ layers, at }: { readonly layers: readonly Layer[]; readonly at: number | null }) {
  return (
    <ul class="legend">
      {layers.map(({ name, colour, values, total }) => (
        <li key={name}>
          <svg class="layer-sample" viewBox="0 0 10 10" aria-hidden="true">
            <rect class={`layer-${colour}`} width="10" height="10" rx="2" />
          </svg>
          {skuName(name)} <span class="faint">{formatMoney(at === null ? total : values[at])}</span>
        </li>
      ))}
    </ul>
  );
}

function sentence({ times, layers }: Stack, index: number): string {
  const sum = layers.reduce((total, { values }) => total + (values[index] ?? 0), 0);
  const parts = layers
    .filter(({ values }) => (values[index] ?? 0) > 0)
    .map(({ name, values }) => `${skuName(name)} ${formatMoney(values[index])}`);
  return [`${formatTime((times[index] ?? 0) * 1000)}: ${formatMoney(sum)}`, ...parts].join(', ');
}

/** Makes the steps from one to another, both included, the window. */
function choose(times: readonly number[], one: number, other: number): void {
  const step = (times[1] ?? 0) - (times[0] ?? 0);
  const [from, to] = [times[Math.min(one, other)], times[Math.max(one, other)]];
  if (from !== undefined && to !== undefined && step > 0) go({ window: { from, to: to + step } });
}

function press(
  event: KeyboardEvent,
  at: number | null,
  show: (at: number | null) => void,
  times: readonly number[],
): void {
  const last = times.length - 1;
  const moves: Readonly<Record<string, number | null>> = {
    ArrowLeft: at === null ? last : Math.max(0, at - 1),
    ArrowRight: at === null ? 0 : Math.min(last, at + 1),
    Home: 0,
    End: last,
    Escape: null,
  };
  if (event.key === 'Enter' && at !== null) choose(times, at, at);
  const next = moves[event.key];
  if (next === undefined) return;
  event.preventDefault();
  show(next);
}
