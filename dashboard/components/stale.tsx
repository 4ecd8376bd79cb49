import type { Live } from '../answers/live.ts';
import { formatDuration } from '../format/duration.ts';
import { seconds } from '../state/server-clock.ts';

/** Above live content: says when the stream is lost, for how long, and that it is tried again. */
export function LostStream({
  live,
}: {
  readonly live: Pick<Live<unknown>, 'connection' | 'sinceMs' | 'retries'>;
}) {
  if (live.connection !== 'lost') return null;
  const age = formatDuration(Math.max(0, seconds.value - Math.floor(live.sinceMs / 1000)));
  return (
    <p class="banner" role="status">
      The connection is lost: this is as it was {age} ago. Tried {live.retries}{' '}
      {live.retries === 1 ? 'time' : 'times'} to connect again.
    </p>
  );
}
