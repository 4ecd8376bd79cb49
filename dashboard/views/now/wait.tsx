import { formatDuration } from '../../format/duration.ts';
import { seconds as clock } from '../../state/server-clock.ts';

/** A wait that goes on: so long at a time, and longer since. */
export function Wait({ seconds, at }: { readonly seconds: number | null; readonly at: string }) {
  if (seconds === null) return <>{formatDuration(null)}</>;
  const passed = Math.max(0, clock.value - Math.floor(Date.parse(at) / 1000));
  return (
    <span title={`${Math.round(seconds + passed)} s`}>{formatDuration(Math.round(seconds + passed))}</span>
  );
}
