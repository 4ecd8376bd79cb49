import { Definition } from '../definition.tsx';
import type { Line, Series } from './series.ts';

/** How lines of each style are interrupted. */
export const DASHES: Readonly<Record<NonNullable<Line['style']>, string | undefined>> = {
  solid: undefined,
  strong: undefined,
  dotted: '2 3',
  dashed: '6 4',
  points: '0 7',
};

/** Which line is which. */
export function Legend({ series: { lines, bars } }: { readonly series: Pick<Series, 'lines' | 'bars'> }) {
  return (
    <ul class="legend">
      {lines.map((line) => (
        <li key={line.name}>
          <LineSample line={line} />
          {line.name}
          {line.definition !== undefined && <Definition id={line.definition} />}
        </li>
      ))}
      {bars !== undefined && (
        <li>
          <span class="bar-sample" />
          {bars.name}
        </li>
      )}
    </ul>
  );
}

/** A piece of a line, as it is drawn. */
export function LineSample({ line: { colour, style = 'solid' } }: { readonly line: Line }) {
  return (
    <svg class="line-sample" viewBox="0 0 20 8" aria-hidden="true">
      <path
        d="M0 4h20"
        style={{ stroke: `var(${colour})` }}
        stroke-width={style === 'points' ? 4 : style === 'strong' ? 2.5 : 1.5}
        stroke-linecap={style === 'points' ? 'round' : undefined}
        stroke-dasharray={DASHES[style]}
      />
    </svg>
  );
}
