import type { Span } from '../../../src/domain/step-span.ts';
import { formatTick } from '../../format/duration.ts';
import { percentAt, ticksOf } from './scale.ts';

const MOST_TICKS = 8;

/** Times since the beginning of the attempt. */
export function Axis({ shown, whole }: { readonly shown: Span; readonly whole: Span }) {
  return (
    <svg class="bar-line" height="18" aria-hidden="true">
      {ticksOf(shown, whole.fromMs, MOST_TICKS).map((seconds) => {
        const x = percentAt(whole.fromMs + seconds * 1000, shown);
        return (
          <g key={seconds}>
            <line x1={`${x}%`} x2={`${x}%`} y1={12} y2={18} />
            <text x={`${x}%`} y={10} text-anchor={x < 3 ? 'start' : x > 85 ? 'end' : 'middle'}>
              {formatTick(seconds)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
