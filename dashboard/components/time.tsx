import { formatDuration } from '../format/duration.ts';
import { formatTime, formatWhole, type Moment, millisecondsOf } from '../format/time.ts';
import { seconds as now } from '../state/server-clock.ts';

/** A length of time; the tooltip has the seconds. */
export function Duration({ seconds }: { readonly seconds: number | null }) {
  const exact = seconds === null ? undefined : `${Math.round(seconds * 1000) / 1000} s`;
  return <span title={exact}>{formatDuration(seconds)}</span>;
}

interface AgeProps {
  readonly since: Moment;
  /** In one unit, where there is little room: `2 h`. */
  readonly isShort?: boolean;
}

/** How long ago, by the service's clock; it grows. */
export function Age({ since, isShort = false }: AgeProps) {
  const ms = millisecondsOf(since);
  const text = formatDuration(ms === null ? null : Math.max(0, now.value - Math.floor(ms / 1000)));
  return (
    <time dateTime={ms === null ? undefined : new Date(ms).toISOString()} title={formatWhole(since)}>
      {isShort ? text.split(' ').slice(0, 2).join(' ') : text}
    </time>
  );
}

/** A moment in the viewer's zone; the tooltip has its name, and UTC. */
export function Time({ at }: { readonly at: Moment }) {
  const ms = millisecondsOf(at);
  return (
    <time dateTime={ms === null ? undefined : new Date(ms).toISOString()} title={formatWhole(at)}>
      {formatTime(at)}
    </time>
  );
}
