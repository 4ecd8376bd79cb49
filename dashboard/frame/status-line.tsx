import { type Condition, condition } from '../answers/condition.ts';
import { asOf } from '../answers/exported.ts';
import { formatDuration } from '../format/duration.ts';
import { formatClock, formatWhole, millisecondsOf } from '../format/time.ts';
import { linkTo } from '../state/navigation.ts';
import { seconds } from '../state/server-clock.ts';

const WORDS: Readonly<Record<Condition['status'], string>> = {
  unknown: 'Connecting …',
  ok: 'Up to date',
  late: 'Behind',
  waiting: 'Waiting for the first delivery',
  degraded: 'Degraded',
  failing: 'Failing',
  lost: 'No connection',
};

/** At the bottom of every view: whether its numbers can be trusted now. */
export function StatusLine() {
  const { status, reason, lastDeliveryAt, sinceMs } = condition.value;
  const ago = (ms: number) => formatDuration(Math.max(0, seconds.value - Math.floor(ms / 1000)));
  const deliveryMs = millisecondsOf(lastDeliveryAt);
  return (
    <footer class="status" data-status={status}>
      <span class="status-word" role="status">
        <span class="dot" />
        {WORDS[status]}
        {reason !== null && <span class="status-reason">: {reason}</span>}
      </span>
      {status === 'lost' && <span>for {ago(sinceMs)}</span>}
      {status !== 'lost' && deliveryMs !== null && (
        <span title={formatWhole(lastDeliveryAt)}>last delivery {ago(deliveryMs)} ago</span>
      )}
      {asOf.value !== null && (
        <span class="wide-only" title={formatWhole(asOf.value)}>
          as of {formatClock(asOf.value)}
        </span>
      )}
      <a href={linkTo({ path: '/health-page', own: {} })}>Health</a>
    </footer>
  );
}
