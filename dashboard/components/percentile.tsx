import { formatDuration, NOTHING } from '../format/duration.ts';
import { Change } from './change.tsx';
import { Figure } from './place.tsx';
import { Duration } from './time.tsx';

interface PercentileRow {
  readonly durations: readonly number[] | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly change: { readonly absolute: number; readonly ratio: number | null } | null;
}

/** The p50 of durations with its change; of fewer than five, the durations themselves. */
export function P50({ row, href }: { readonly row: PercentileRow; readonly href: string }) {
  const { durations, p50, change } = row;
  if (durations === null)
    return (
      <Figure href={href} note={change !== null && <Change of={change} unit="seconds" better="lower" />}>
        <Duration seconds={p50} />
      </Figure>
    );
  return durations.length === 0 ? (
    <span>{NOTHING}</span>
  ) : (
    <Figure href={href}>
      <span class="few" title="All of them: fewer than five">
        {fewInWords(durations)}
      </span>
    </Figure>
  );
}

/** The p95 of durations; of fewer than five there is none. */
export function P95({ row, href }: { readonly row: PercentileRow; readonly href: string }) {
  if (row.durations !== null) return <span>{NOTHING}</span>;
  return (
    <Figure href={href}>
      <Duration seconds={row.p95} />
    </Figure>
  );
}

/** Each in a line where there is little room. */
export function fewInWords(seconds: readonly number[]): string {
  return seconds.map((each) => formatDuration(each).replaceAll(' ', '\u00a0')).join(', ');
}
